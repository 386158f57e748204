using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Connections;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>A connection in a configuration file.</summary>
internal sealed record DeclaredConnection
{
    public ItemName Name { get; init; }

    public SecretReference Key { get; init; } = new();

    /// <summary>Always "I agree".</summary>
    public string? DataPrivacy { get; init; }

    public Sharing Sharing { get; init; }

    /// <summary>The email addresses with which the chosen contributors sign in. Null when the sharing is not individual.</summary>
    public IReadOnlyList<ItemName>? Contributors { get; init; }

    /// <summary>
    /// The email address of the administrator in whose name exports run. Null for the person who applies the file, or to keep the present
    /// one. It is read and never written: nobody can agree for another person.
    /// </summary>
    public ItemName? ExportUser { get; init; }

    public int? MaxProfilesPerExport { get; init; }
}
