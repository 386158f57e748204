using KlaviyoExport.People.Auditing;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Exports;

/// <summary>What the audit says about an export before and after a change.</summary>
internal sealed record ExportFacts(
    string Name,
    string? Connection,
    string List,
    string? Source,
    string EmailField,
    IReadOnlyList<FieldMapping> Fields,
    IReadOnlyList<string> Segments,
    IReadOnlyList<string> Excluded,
    SyncMode SyncMode,
    ListRules ListRules,
    Audience Audience
)
{
    /// <summary>The segments of the export must be loaded.</summary>
    public static ExportFacts Of(Export export, string? connection, string? source) =>
        new(
            export.Name,
            connection,
            export.ListName,
            source,
            export.EmailField,
            [.. export.Fields],
            [.. export.Segments.Select(segment => segment.Name)],
            [.. export.ExcludedSegments.Select(segment => segment.Name)],
            export.SyncMode,
            export.ListRules,
            export.Audience
        );

    public LocalizedMessage? ChangesTo(ExportFacts now)
    {
        var (mapped, maps) = (Fields.Select(Named).ToList(), now.Fields.Select(Named).ToList());
        return new AuditChanges()
            .Add("Name", Name, now.Name)
            .Add("Connection", Connection, now.Connection)
            .Add("List", List, now.List)
            .Add("Source", Source, now.Source)
            .Add("EmailField", EmailField, now.EmailField)
            .AddItems("Fields", mapped, maps)
            // The rules of a field, such as its default value, or the order of the fields.
            .Mention("FieldRules", mapped.Order().SequenceEqual(maps.Order()) && !Fields.SequenceEqual(now.Fields))
            .Add("Segments", Segments, now.Segments)
            .Add("Excluded", Excluded, now.Excluded)
            .Add("SyncMode", new LocalizedMessage($"Exports.SyncMode.{SyncMode}"), new LocalizedMessage($"Exports.SyncMode.{now.SyncMode}"))
            .Add("UpdateOnly", Audience.UpdateOnly, now.Audience.UpdateOnly)
            .Add("OnlySubscribed", Audience.OnlySubscribed, now.Audience.OnlySubscribed)
            .Add("LeaveOutSuppressed", Audience.LeaveOutSuppressed, now.Audience.LeaveOutSuppressed)
            .Add(
                "WhenRemovedByHand",
                new LocalizedMessage($"Exports.WhenRemovedByHand.{ListRules.WhenRemovedByHand}"),
                new LocalizedMessage($"Exports.WhenRemovedByHand.{now.ListRules.WhenRemovedByHand}")
            )
            .Add(
                "Verify",
                new LocalizedMessage($"Exports.Verify.{ListRules.Verify}"),
                new LocalizedMessage($"Exports.Verify.{now.ListRules.Verify}")
            )
            .Add("ApprovalShare", ListRules.ApprovalShare, now.ListRules.ApprovalShare)
            .Add("ApprovalAtLeast", ListRules.ApprovalAtLeast, now.ListRules.ApprovalAtLeast)
            .ToMessage();
    }

    private static string Named(FieldMapping mapping) => $"{mapping.Field} ({mapping.Attribute})";
}
