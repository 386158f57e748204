using KlaviyoExport.Klaviyo;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>Validates an export before it is saved. The first fault is reported.</summary>
internal static class ExportRules
{
    public static ExportInvalidException? Fault(ExportDraft draft)
    {
        if (draft.Name.Trim().Length is 0 or > 100)
            return Of(ExportPart.Name, "Exports.NameNeeded");
        if (draft.ConnectionId is null)
            return Of(ExportPart.Connection, "Exports.ConnectionNeeded");
        if (string.IsNullOrWhiteSpace(draft.ListId))
            return Of(ExportPart.List, "Exports.ListNeeded");
        if (draft.SourceId is null)
            return Of(ExportPart.Source, "Exports.SourceNeeded");
        if (string.IsNullOrWhiteSpace(draft.EmailField))
            return Of(ExportPart.Email, "Exports.EmailNeeded");
        return draft.SegmentIds.Count == 0 ? Of(ExportPart.Segments, "Exports.SegmentNeeded") : Fault(draft.ListRules);
    }

    public static ExportInvalidException? Fault(
        ExportDraft draft,
        Source source,
        IReadOnlyList<Segment> segments,
        IReadOnlyList<Segment> excluded
    )
    {
        var names = source.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        if (!names.Contains(draft.EmailField!))
            return Of(ExportPart.Email, "Exports.FieldGone", draft.EmailField, source.Name);
        if (draft.Fields.FirstOrDefault(mapping => !names.Contains(mapping.Field)) is { } gone)
            return Of(ExportPart.Fields, "Exports.FieldGone", gone.Field, source.Name);
        if (draft.Fields.FirstOrDefault(mapping => !ProfilePath.TryParse(mapping.Attribute, out _)) is { } unknown)
            return Of(ExportPart.Fields, "Exports.AttributeUnknown", unknown.Attribute);
        if (
            draft
                .Fields.Select(mapping => mapping.Attribute)
                .Append(ProfilePath.Email.Path)
                .GroupBy(path => path)
                .FirstOrDefault(same => same.Count() > 1) is
            { } twice
        )
            return Of(ExportPart.Fields, "Exports.AttributeTwice", twice.Key);
        if (draft.Fields.Select(mapping => FieldRules.Fault(mapping, source)).FirstOrDefault(fault => fault is not null) is { } rule)
            return new ExportInvalidException(ExportPart.Fields, rule);
        if (segments.Count != draft.SegmentIds.Distinct().Count() || excluded.Count != draft.ExcludedSegmentIds.Distinct().Count())
            return Of(ExportPart.Segments, "Exports.SegmentGone");
        return Fault(source, segments, excluded);
    }

    /// <summary>Returns the fault of the segments: those that are sent and those whose members are left out.</summary>
    public static ExportInvalidException? Fault(Source source, IReadOnlyList<Segment> segments, IReadOnlyList<Segment> excluded)
    {
        if (segments.Concat(excluded).FirstOrDefault(segment => segment.SourceId != source.Id) is { } stranger)
            return Of(ExportPart.Segments, "Exports.SegmentOfOtherSource", stranger.Name, source.Name);
        return segments.FirstOrDefault(segment => excluded.Any(other => other.Id == segment.Id)) is { } both
            ? Of(ExportPart.Segments, "Exports.SegmentTakenAndExcluded", both.Name)
            : null;
    }

    private static ExportInvalidException? Fault(ListRules rules) =>
        rules switch
        {
            { ApprovalShare: not (null or (>= ListRules.LeastShare and <= ListRules.MostShare)) } => Of(
                ExportPart.ApprovalShare,
                "Exports.ApprovalShareWrong",
                ListRules.LeastShare * 100,
                ListRules.MostShare * 100
            ),
            { ApprovalAtLeast: not (null or (>= 1 and <= ListRules.MostAtLeast)) } => Of(
                ExportPart.ApprovalAtLeast,
                "Exports.ApprovalAtLeastWrong",
                1,
                ListRules.MostAtLeast
            ),
            _ => null,
        };

    private static ExportInvalidException Of(ExportPart part, string message, params IReadOnlyList<object?> arguments) =>
        new(part, new LocalizedMessage(message, arguments));
}
