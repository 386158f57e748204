using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Api.Exports;

/// <summary>An item that another one refers to.</summary>
internal sealed record NamedItem(int Id, string Name);

/// <summary>A Klaviyo list. The name is that of the time when the export was saved.</summary>
internal sealed record ListItem(string Id, string Name);

/// <summary>An export in the list of exports.</summary>
/// <param name="Connection">The name of the connection. Null when the export is detached and cannot run.</param>
/// <param name="Status">The status of the latest run.</param>
/// <param name="LastRunId">The latest run, which may be in progress. Null when the export never ran.</param>
/// <param name="ActiveRunId">The run in progress. Null when there is none.</param>
/// <param name="RefreshedAt">The end of the latest run that put profiles on the list.</param>
/// <param name="NextRunAt">The next scheduled time. Null when nothing is planned.</param>
/// <param name="MissedAt">The last scheduled time that passed while the application was down. Null when there is none.</param>
/// <param name="Permissions">What the token may do with the export, as far as its scopes permit.</param>
internal sealed record ExportSummary(
    int Id,
    string Name,
    string? Connection,
    ListItem List,
    StatusText Status,
    int? LastRunId,
    int? ActiveRunId,
    DateTimeOffset? RefreshedAt,
    ExportSchedule Schedule,
    DateTimeOffset? NextRunAt,
    DateTimeOffset? MissedAt,
    ExportPermissions Permissions
)
{
    public static ExportSummary Of(ExportRow row) =>
        new(
            row.Id,
            row.Name,
            row.ConnectionName,
            new ListItem(row.ListId, row.ListName),
            row.State is { } state ? StatusTexts.Of(state) : StatusText.NotStarted,
            row.LastRunId,
            row.ActiveRunId,
            row.Refreshed,
            row.Schedule,
            row.NextRunAt,
            row.MissedAt,
            row.Permissions
        );
}

/// <summary>An export.</summary>
/// <param name="Connection">Null when the export is detached and cannot run.</param>
/// <param name="EmailField">The field of the source that holds the email address.</param>
/// <param name="Fields">The further mapped fields.</param>
/// <param name="Segments">The segments whose members are sent.</param>
/// <param name="ExcludedSegments">The segments whose members are left out.</param>
internal sealed record ExportResource(
    int Id,
    string Name,
    NamedItem? Connection,
    ListItem List,
    NamedItem Source,
    string EmailField,
    IReadOnlyList<FieldMapping> Fields,
    IReadOnlyList<NamedItem> Segments,
    IReadOnlyList<NamedItem> ExcludedSegments,
    SyncMode SyncMode,
    ListRules ListRules,
    Audience Audience,
    ExportSchedule Schedule,
    DateTimeOffset? NextRunAt,
    DateTimeOffset? MissedAt,
    int? ActiveRunId,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    ExportPermissions Permissions
)
{
    public static ExportResource Of(ExportDetails export)
    {
        var draft = export.Draft;
        return new(
            draft.Id!.Value,
            draft.Name,
            draft.ConnectionId is { } connection ? new NamedItem(connection, export.ConnectionName!) : null,
            new ListItem(draft.ListId, export.ListName),
            new NamedItem(draft.SourceId!.Value, export.SourceName),
            draft.EmailField!,
            draft.Fields,
            [.. draft.SegmentIds.Zip(export.SegmentNames, (id, name) => new NamedItem(id, name))],
            [.. draft.ExcludedSegmentIds.Zip(export.ExcludedSegmentNames, (id, name) => new NamedItem(id, name))],
            draft.SyncMode,
            draft.ListRules,
            draft.Audience,
            export.Schedule,
            export.NextRunAt,
            export.MissedAt,
            export.ActiveRunId,
            export.CreatedBy,
            export.CreatedAt,
            export.Permissions
        );
    }
}

/// <summary>An export to create, or the new content of an export.</summary>
/// <param name="Name">1 to 100 characters, unique.</param>
/// <param name="ConnectionId">A connection that is shared with the owner of the token.</param>
/// <param name="ListId">The id of a list in the Klaviyo account of the connection.</param>
/// <param name="SourceId">The source of the profiles.</param>
/// <param name="EmailField">The field of the source that holds the email address.</param>
/// <param name="SegmentIds">The segments whose members are sent. At least one.</param>
/// <param name="Fields">The further mapped fields. None when left out.</param>
/// <param name="ExcludedSegmentIds">The segments whose members are left out. None when left out.</param>
/// <param name="SyncMode">Default: full.</param>
/// <param name="ListRules">Default: the rules of a new export.</param>
/// <param name="Audience">Default: everyone.</param>
internal sealed record ExportInput(
    string Name,
    int ConnectionId,
    string ListId,
    int SourceId,
    string EmailField,
    IReadOnlyList<int> SegmentIds,
    IReadOnlyList<FieldMapping>? Fields = null,
    IReadOnlyList<int>? ExcludedSegmentIds = null,
    SyncMode SyncMode = default,
    ListRules? ListRules = null,
    Audience? Audience = null
)
{
    public ExportDraft ToDraft(int? id = null, int version = 0) =>
        new()
        {
            Id = id,
            Name = Name,
            ConnectionId = ConnectionId,
            ListId = ListId,
            SourceId = SourceId,
            EmailField = EmailField,
            Fields = Fields ?? [],
            SegmentIds = SegmentIds,
            ExcludedSegmentIds = ExcludedSegmentIds ?? [],
            SyncMode = SyncMode,
            ListRules = ListRules ?? new(),
            Audience = Audience ?? Audience.Everyone,
            Version = version,
        };
}
