using System.Text.Json;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>What a person has filled in, and what still keeps the export from being saved.</summary>
public sealed class ExportForm
{
    /// <summary>The part of the most an export may send from which one is warned.</summary>
    public const double NearCap = .8;

    private int? _id;
    private int _version;
    private string _before = "";
    private string _source = "";

    public string Name { get; set; } = "";

    public int? ConnectionId { get; set; }

    public string ListId { get; set; } = "";

    /// <summary>The list as Klaviyo knows it; null until it is looked up.</summary>
    public KlaviyoList? List { get; set; }

    public int? SourceId { get; set; }

    public string EmailField { get; set; } = "";

    public List<MappingRow> Fields { get; } = [];

    public HashSet<int> SegmentIds { get; } = [];

    /// <summary>How many different profiles the chosen segments hold; null until counted.</summary>
    public long? Members { get; set; }

    public SyncMode SyncMode { get; set; }

    public static ExportForm Of(ExportDraft draft)
    {
        var form = new ExportForm
        {
            _id = draft.Id,
            _version = draft.Version,
            Name = draft.Name,
            ConnectionId = draft.ConnectionId,
            ListId = draft.ListId,
            SourceId = draft.SourceId,
            EmailField = draft.EmailField ?? "",
            SyncMode = draft.SyncMode,
        };
        form.Fields.AddRange(draft.Fields.Select(MappingRow.Of));
        form.SegmentIds.UnionWith(draft.SegmentIds);
        form.Begin();
        return form;
    }

    /// <summary>The form as <see cref="Read"/> found it.</summary>
    public static ExportForm Of(FilledIn filled)
    {
        var form = Of(filled.Draft);
        (form.OverwriteVersion, form._before, form._source) = (filled.Draft.OverwriteVersion, filled.Before, filled.Source);
        return form;
    }

    /// <summary>All of it, with where the person began.</summary>
    public FilledIn Read() => new(ToDraft(), _before, _source);

    /// <summary>Somebody else's change that this form, seen beside it, is to replace.</summary>
    public int? OverwriteVersion { get; set; }

    /// <summary>Whether anything was changed since <see cref="Begin"/>.</summary>
    public bool IsDirty => Print() != _before;

    /// <summary>What is filled in now is where the person begins.</summary>
    public void Begin() => (_before, _source) = (Print(), PrintSegments());

    /// <summary>Another source: what was chosen of the old one means nothing in it.</summary>
    public void ChangeSource(MatchableSource? source)
    {
        SourceId = source?.Id;
        EmailField = source is null
            ? ""
            : EmailFields.LikelyFirst(source.Fields).FirstOrDefault(EmailFields.LooksLikeAddresses)?.Name ?? "";
        Fields.Clear();
        SegmentIds.Clear();
    }

    /// <summary>Names of the texts that say what is missing, in the order of the form; empty when it can be saved.</summary>
    /// <param name="cap">The most profiles an export may send. An export whose segments grew beyond it since it was saved can still be
    /// renamed.</param>
    public IEnumerable<string> Missing(long cap = long.MaxValue)
    {
        if (string.IsNullOrWhiteSpace(Name))
            yield return "Missing.Name";
        if (ConnectionId is null)
            yield return "Missing.Connection";
        if (string.IsNullOrWhiteSpace(ListId))
            yield return "Missing.List";
        if (SourceId is null)
            yield return "Missing.Source";
        if (SourceId is not null && EmailField.Length == 0)
            yield return "Missing.Email";
        if (Fields.Any(row => !row.IsComplete))
            yield return "Missing.Field";
        if (SegmentIds.Count == 0)
            yield return "Missing.Segment";
        if (Members > cap && (_id is null || PrintSegments() != _source))
            yield return "Missing.TooLarge";
    }

    public ExportDraft ToDraft() =>
        new()
        {
            Id = _id,
            Version = _version,
            OverwriteVersion = OverwriteVersion,
            Name = Name.Trim(),
            ConnectionId = ConnectionId,
            ListId = ListId.Trim(),
            SourceId = SourceId,
            EmailField = EmailField,
            Fields = [.. Fields.Select(row => row.ToMapping())],
            SegmentIds = [.. SegmentIds],
            SyncMode = SyncMode,
        };

    public sealed record FilledIn(ExportDraft Draft, string Before, string Source);

    private string PrintSegments() => $"{SourceId}:{string.Join(',', SegmentIds.Order())}";

    // Which version it is to replace is no change of what is filled in; in which order segments were chosen neither.
    private string Print() => JsonSerializer.Serialize(ToDraft() with { OverwriteVersion = null, SegmentIds = [.. SegmentIds.Order()] });
}
