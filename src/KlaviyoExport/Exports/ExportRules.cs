using KlaviyoExport.Klaviyo;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Exports;

/// <summary>What an export must have before it can be saved. The first thing amiss is named.</summary>
internal static class ExportRules
{
    public static Notice? Fault(ExportDraft draft)
    {
        if (draft.Name.Trim().Length is 0 or > 100)
            return new Notice("Exports.NameNeeded");
        if (draft.ConnectionId is null)
            return new Notice("Exports.ConnectionNeeded");
        if (string.IsNullOrWhiteSpace(draft.ListId))
            return new Notice("Exports.ListNeeded");
        if (draft.SourceId is null)
            return new Notice("Exports.SourceNeeded");
        if (string.IsNullOrWhiteSpace(draft.EmailField))
            return new Notice("Exports.EmailNeeded");
        return draft.SegmentIds.Count == 0 ? new Notice("Exports.SegmentNeeded") : null;
    }

    public static Notice? Fault(ExportDraft draft, Source source, IReadOnlyList<Segment> segments)
    {
        var names = source.Fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        if (!names.Contains(draft.EmailField!))
            return new Notice("Exports.FieldGone", draft.EmailField, source.Name);
        if (draft.Fields.FirstOrDefault(mapping => !names.Contains(mapping.Field)) is { } gone)
            return new Notice("Exports.FieldGone", gone.Field, source.Name);
        if (draft.Fields.FirstOrDefault(mapping => !ProfilePath.TryParse(mapping.Attribute, out _)) is { } unknown)
            return new Notice("Exports.AttributeUnknown", unknown.Attribute);
        if (draft.Fields.Select(mapping => mapping.Attribute).Append(ProfilePath.Email.Path).GroupBy(path => path).FirstOrDefault(same => same.Count() > 1) is { } twice)
            return new Notice("Exports.AttributeTwice", twice.Key);
        if (segments.Count != draft.SegmentIds.Distinct().Count())
            return new Notice("Exports.SegmentGone");
        return segments.FirstOrDefault(segment => segment.SourceId != source.Id) is { } stranger
            ? new Notice("Exports.SegmentOfOtherSource", stranger.Name, source.Name)
            : null;
    }
}
