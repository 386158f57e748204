using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of connections in a file.</summary>
internal static class ConnectionShapes
{
    /// <summary>The text that says that the company agrees to the data privacy text.</summary>
    public const string Agreement = "I agree";

    public static ItemShape<DeclaredConnection> Connection { get; } =
        new ItemShape<DeclaredConnection>("connection", new DeclaredConnection())
        {
            Check = (connection, map, faults) =>
            {
                if (connection.Sharing == Sharing.ChosenContributors && connection.Contributors is not { Count: > 0 })
                    faults.Add(map.At, "Connections.ContributorsNeeded");
                return connection;
            },
        }
            .With(
                "name",
                "The unique name of the connection.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .With(
                "key",
                "Where the private API key of the Klaviyo account is. The key itself is never in a file.",
                SecretShapes.Key,
                item => item.Key,
                (item, value) => item with { Key = value },
                isRequired: true
            )
            .WithOptional(
                "dataPrivacy",
                "“I agree” to the data privacy text: data may be sent to Klaviyo. Needed to add a connection.",
                ChoiceShape.Of([Agreement]),
                item => item.DataPrivacy,
                (item, value) => item with { DataPrivacy = value }
            )
            .With(
                "sharing",
                "Who may use the connection for exports. Default: administrators.",
                ChoiceShape.Of<Sharing>(),
                item => item.Sharing,
                (item, value) => item with { Sharing = value }
            )
            .WithOptional(
                "contributors",
                "The email addresses with which the chosen contributors sign in.",
                new ListShape<ItemName>(new NameShape()) { SortedBy = name => name.Text, NameOf = name => name },
                item => item.Contributors,
                (item, value) => item with { Contributors = value },
                item => item.Sharing == Sharing.ChosenContributors
            )
            .WithOptional(
                "exportUser",
                "The email address of the administrator in whose name exports run. Default: whoever applies the file, or the present one.",
                new NameShape(),
                item => item.ExportUser,
                (item, value) => item with { ExportUser = value }
            )
            .WithOptional(
                "maxProfilesPerExport",
                "The maximum number of profiles of an export. Default: that of the installation.",
                new WholeShape(1, KlaviyoOptions.MostProfilesPerExport),
                item => item.MaxProfilesPerExport,
                (item, value) => item with { MaxProfilesPerExport = value }
            );
}
