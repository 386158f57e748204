using System.Text.Json;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>The form of an export.</summary>
public sealed class ExportForm
{
    /// <summary>The fraction of the maximum number of profiles above which the form shows a warning.</summary>
    public const double NearCap = .8;

    private int? _id;
    private int _version;
    private string? _savedListId;
    private string _before = "";
    private string _source = "";

    public string Name { get; set; } = "";

    public int? ConnectionId { get; set; }

    public string ListId { get; set; } = "";

    /// <summary>The list as returned by Klaviyo. Null until it has been looked up.</summary>
    public KlaviyoList? List { get; set; }

    public int? SourceId { get; set; }

    public string EmailField { get; set; } = "";

    public List<MappingRow> Fields { get; } = [];

    public HashSet<int> SegmentIds { get; } = [];

    /// <summary>The segments whose members are left out.</summary>
    public HashSet<int> ExcludedSegmentIds { get; } = [];

    /// <summary>The number of distinct profiles in the selected segments, without the excluded ones. Null until they have been counted.</summary>
    public long? Members { get; set; }

    public SyncMode SyncMode { get; set; }

    public Audience Audience { get; set; } = Audience.Everyone;

    public WhenRemovedByHand WhenRemovedByHand { get; set; }

    public VerifyList Verify { get; set; }

    /// <summary>
    /// The change of a run that requires approval, in percent of the last run's profiles. Null for the value of the installation.
    /// </summary>
    public double? ApprovalPercent { get; set; }

    /// <summary>The number of profiles below which a change requires no approval. Null for the value of the installation.</summary>
    public int? ApprovalAtLeast { get; set; }

    /// <summary>Whether the export sends to another list when the form is saved.</summary>
    public bool ChangesList => _id is not null && ListId.Trim() != _savedListId;

    public static ExportForm Of(ExportDraft draft)
    {
        var form = new ExportForm
        {
            _id = draft.Id,
            _version = draft.Version,
            Name = draft.Name,
            ConnectionId = draft.ConnectionId,
            ListId = draft.ListId,
            _savedListId = draft.ListId,
            SourceId = draft.SourceId,
            EmailField = draft.EmailField ?? "",
            SyncMode = draft.SyncMode,
            Audience = draft.Audience,
            WhenRemovedByHand = draft.ListRules.WhenRemovedByHand,
            Verify = draft.ListRules.Verify,
        };
        form.TakeApproval(draft.ListRules);
        form.Fields.AddRange(draft.Fields.Select(MappingRow.Of));
        form.SegmentIds.UnionWith(draft.SegmentIds);
        form.ExcludedSegmentIds.UnionWith(draft.ExcludedSegmentIds);
        form.Begin();
        return form;
    }

    /// <summary>Restores a form from the result of <see cref="Read"/>.</summary>
    public static ExportForm Of(FormState filled)
    {
        var form = Of(filled.Draft);
        (form.OverwriteVersion, form._before, form._source) = (filled.Draft.OverwriteVersion, filled.Before, filled.Source);
        return form;
    }

    /// <summary>Returns the content of the form, with the state that changes are compared with.</summary>
    public FormState Read() => new(ToDraft(), _before, _source);

    /// <summary>The version of another person's change that saving this form overwrites. Null when there is no conflict.</summary>
    public int? OverwriteVersion { get; set; }

    /// <summary>Whether the form has changed since <see cref="Begin"/>.</summary>
    public bool IsDirty => Print() != _before;

    /// <summary>Marks the present content as unchanged.</summary>
    public void Begin() => (_before, _source) = (Print(), PrintSegments());

    /// <summary>Changes the source. Discards the fields and segments, because they belong to the previous source.</summary>
    public void ChangeSource(MatchableSource? source)
    {
        SourceId = source?.Id;
        EmailField = source is null
            ? ""
            : EmailFields.LikelyFirst(source.Fields).FirstOrDefault(EmailFields.LooksLikeAddresses)?.Name ?? "";
        Fields.Clear();
        SegmentIds.Clear();
        ExcludedSegmentIds.Clear();
    }

    /// <summary>Sets when a change requires approval.</summary>
    public void TakeApproval(ListRules rules)
    {
        // A factor such as 0.07 is not exactly 7 percent as a floating-point number.
        ApprovalPercent = rules.ApprovalShare is { } share ? Math.Round(share * 100, 6) : null;
        ApprovalAtLeast = rules.ApprovalAtLeast;
    }

    /// <summary>Returns the names of the texts for what is missing, in the order of the form. Empty when the form can be saved.</summary>
    /// <param name="cap">
    /// The maximum number of profiles that an export may send. A saved export whose segments now exceed it can still be saved, for example
    /// with another name, as long as its segments do not change.
    /// </param>
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
            ExcludedSegmentIds = [.. ExcludedSegmentIds],
            SyncMode = SyncMode,
            Audience = Audience,
            ListRules = new()
            {
                WhenRemovedByHand = WhenRemovedByHand,
                Verify = Verify,
                ApprovalShare = ApprovalPercent / 100,
                ApprovalAtLeast = ApprovalAtLeast,
            },
        };

    /// <summary>The content of the form as it is kept in the browser.</summary>
    public sealed record FormState(ExportDraft Draft, string Before, string Source);

    /// <summary>Selects a segment, or ends its selection. A selected segment is not excluded.</summary>
    public void Toggle(int segmentId)
    {
        ExcludedSegmentIds.Remove(segmentId);
        if (!SegmentIds.Remove(segmentId))
            SegmentIds.Add(segmentId);
    }

    /// <summary>Excludes a segment, or ends its exclusion. An excluded segment is not selected.</summary>
    public void ToggleExcluded(int segmentId)
    {
        SegmentIds.Remove(segmentId);
        if (!ExcludedSegmentIds.Remove(segmentId))
            ExcludedSegmentIds.Add(segmentId);
    }

    /// <summary>Returns a text that differs for each selection of segments.</summary>
    public string PrintSegments() => $"{SourceId}:{string.Join(',', SegmentIds.Order())}-{string.Join(',', ExcludedSegmentIds.Order())}";

    // The version to overwrite and the order of the segments do not count as changes.
    private string Print() =>
        JsonSerializer.Serialize(
            ToDraft() with
            {
                OverwriteVersion = null,
                SegmentIds = [.. SegmentIds.Order()],
                ExcludedSegmentIds = [.. ExcludedSegmentIds.Order()],
            }
        );
}
