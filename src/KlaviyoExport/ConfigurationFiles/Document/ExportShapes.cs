using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of exports in a file.</summary>
internal static class ExportShapes
{
    private const int LongestName = 200;

    private static readonly ItemShape<FieldMapping> Field = new ItemShape<FieldMapping>("field", new FieldMapping("", ""))
    {
        IsInline = true,
    }
        .With(
            "field",
            "The field of the source.",
            new TextShape(LongestName, trims: false),
            item => item.Field,
            (item, value) => item with { Field = value },
            isRequired: true
        )
        .With(
            "to",
            "The attribute or property of Klaviyo, such as first_name, location.city or properties.Tier.",
            new TextShape(LongestName),
            item => item.Attribute,
            (item, value) => item with { Attribute = value },
            isRequired: true
        )
        .With(
            "required",
            "Whether a profile without a valid value is rejected. Default: false.",
            new YesNoShape(),
            item => item.IsRequired,
            (item, value) => item with { IsRequired = value }
        )
        .WithOptional(
            "default",
            "The value of profiles whose field is empty.",
            new TextShape(500, trims: false),
            item => item.Default,
            (item, value) => item with { Default = value }
        )
        .With(
            "trim",
            "Whether white space around text is removed. Default: true.",
            new YesNoShape(),
            item => item.Trims,
            (item, value) => item with { Trims = value }
        )
        .With(
            "type",
            "The type in which values are sent. Default: asSource.",
            ChoiceShape.Of<MappedType>(),
            item => item.Type,
            (item, value) => item with { Type = value }
        )
        .With(
            "separator",
            "The text between the items of a list. Default: a comma.",
            new TextShape(10, trims: false),
            item => item.Separator,
            (item, value) => item with { Separator = value }
        )
        .WithOptional(
            "countryField",
            "The field with the country of a phone number.",
            new TextShape(LongestName, trims: false),
            item => item.CountryField,
            (item, value) => item with { CountryField = value }
        )
        .WithOptional(
            "region",
            "The country of phone numbers without a country code: two letters, such as RS.",
            new TextShape(2),
            item => item.Region,
            (item, value) => item with { Region = value }
        )
        .With(
            "whenInvalid",
            "Whether an invalid value is left out, or rejects the profile. Default: leaveOut.",
            ChoiceShape.Of<WhenInvalid>(),
            item => item.WhenInvalid,
            (item, value) => item with { WhenInvalid = value }
        );

    private static readonly ItemShape<Audience> Audience = new ItemShape<Audience>("audience", Exports.Audience.Everyone)
        .With(
            "updateOnly",
            "Whether only people with a profile in Klaviyo are sent.",
            new YesNoShape(),
            item => item.UpdateOnly,
            (item, value) => item with { UpdateOnly = value }
        )
        .With(
            "onlySubscribed",
            "Whether only people who subscribed to email marketing are sent.",
            new YesNoShape(),
            item => item.OnlySubscribed,
            (item, value) => item with { OnlySubscribed = value }
        )
        .With(
            "leaveOutSuppressed",
            "Whether people to whom Klaviyo sends no marketing email are left out.",
            new YesNoShape(),
            item => item.LeaveOutSuppressed,
            (item, value) => item with { LeaveOutSuppressed = value }
        );

    private static readonly ItemShape<ListRules> ListRules = new ItemShape<ListRules>("listRules", new ListRules())
        .With(
            "whenRemovedByHand",
            "What happens with a member whom somebody took off the list in Klaviyo. Default: respect.",
            ChoiceShape.Of<WhenRemovedByHand>(),
            item => item.WhenRemovedByHand,
            (item, value) => item with { WhenRemovedByHand = value }
        )
        .With(
            "verify",
            "How often the list is verified. Default: onRequest.",
            ChoiceShape.Of<VerifyList>(),
            item => item.Verify,
            (item, value) => item with { Verify = value }
        )
        .WithOptional(
            "approvalShare",
            "The difference to the last run that needs approval, as a share of its profiles. Default: that of the installation.",
            new NumberShape(Exports.ListRules.LeastShare, Exports.ListRules.MostShare),
            item => item.ApprovalShare,
            (item, value) => item with { ApprovalShare = value }
        )
        .WithOptional(
            "approvalAtLeast",
            "A difference of fewer profiles never needs approval. Default: that of the installation.",
            new WholeShape(1, Exports.ListRules.MostAtLeast),
            item => item.ApprovalAtLeast,
            (item, value) => item with { ApprovalAtLeast = value }
        );

    public static ItemShape<DeclaredExport> Export { get; } =
        new ItemShape<DeclaredExport>("export", new DeclaredExport())
            .With(
                "name",
                "The unique name of the export.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .WithOptional(
                "connection",
                "The name of the connection. Absent only for an export that was detached from its connection.",
                new NameShape(),
                item => item.Connection,
                (item, value) => item with { Connection = value }
            )
            .With(
                "list",
                "Klaviyo's ID of the list.",
                new TextShape(100),
                item => item.List,
                (item, value) => item with { List = value },
                isRequired: true
            )
            .With(
                "source",
                "The name of the source.",
                new NameShape(),
                item => item.Source,
                (item, value) => item with { Source = value },
                isRequired: true
            )
            .With(
                "email",
                "The field that contains the email address.",
                new TextShape(LongestName, trims: false),
                item => item.Email,
                (item, value) => item with { Email = value },
                isRequired: true
            )
            .With(
                "fields",
                "The further mapped fields, in the order in which they are sent.",
                new ListShape<FieldMapping>(Field),
                item => item.Fields,
                (item, value) => item with { Fields = value }
            )
            .With(
                "segments",
                "The names of the segments whose members are sent.",
                Names(1),
                item => item.Segments,
                (item, value) => item with { Segments = value },
                isRequired: true
            )
            .With(
                "excludedSegments",
                "The names of the segments whose members are left out.",
                Names(0),
                item => item.ExcludedSegments,
                (item, value) => item with { ExcludedSegments = value }
            )
            .With(
                "mode",
                "Which members a run sends. Default: full.",
                ChoiceShape.Of<SyncMode>(),
                item => item.Mode,
                (item, value) => item with { Mode = value }
            )
            .With(
                "audience",
                "Who is left out by what Klaviyo says. Default: nobody.",
                Audience,
                item => item.Audience,
                (item, value) => item with { Audience = value }
            )
            .With(
                "listRules",
                "How the export treats changes that people make to the list.",
                ListRules,
                item => item.ListRules,
                (item, value) => item with { ListRules = value }
            )
            .With(
                "schedule",
                "When the export runs by itself. Default: never.",
                ScheduleShapes.Schedule,
                item => item.Schedule,
                (item, value) => item with { Schedule = value }
            )
            .With(
                "alerts",
                "Who is told about the runs of the export. Default: administrators and the owner.",
                AlertShapes.OfExport,
                item => item.Alerts,
                (item, value) => item with { Alerts = value }
            );

    private static ListShape<ItemName> Names(int least) =>
        new(new NameShape())
        {
            Least = least,
            NameOf = name => name,
            SortedBy = name => name.Text,
        };
}
