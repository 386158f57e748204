using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Web.Api.Operations;

/// <summary>The token that sent the request.</summary>
/// <param name="Name">The owner and the name of the token.</param>
/// <param name="Role">The role that requests with the token have now.</param>
internal sealed record TokenResource(string Name, Role Role, IReadOnlyList<ApiScopes> Scopes, DateTimeOffset ExpiresAt)
{
    public static TokenResource Of(ApiCaller caller) =>
        new(
            caller.Actor.Name,
            caller.Actor.Role,
            [.. Enum.GetValues<ApiScopes>().Where(scope => scope != ApiScopes.None && caller.Scopes.HasFlag(scope))],
            caller.ExpiresAt
        );
}

/// <summary>A segment.</summary>
/// <param name="Members">The number of members at <paramref name="CountedAt"/>. Null when they were never counted.</param>
internal sealed record SegmentResource(int Id, string Name, int SourceId, string Source, long? Members, DateTimeOffset? CountedAt)
{
    public static SegmentResource Of(SegmentLine line) =>
        new(line.Id, line.Name, line.SourceId, line.SourceName, line.MemberCount, line.CountedAt);
}

/// <summary>A source of profiles.</summary>
/// <param name="KeyField">The field that identifies a profile. The first one when several do so together.</param>
/// <param name="KeyFields">The fields that identify a profile together.</param>
/// <param name="Fields">The names of all fields.</param>
/// <param name="DataChangedAt">When the data last changed, as of the last load or run. Null when it is not known.</param>
/// <param name="MaxAgeHours">The hours after which the data is too old. Null for no limit.</param>
/// <param name="AgeWarning">What is wrong with the age of the data. Null when nothing is.</param>
internal sealed record SourceResource(
    int Id,
    string Name,
    SourceKind Kind,
    long Profiles,
    string KeyField,
    IReadOnlyList<string> KeyFields,
    IReadOnlyList<string> Fields,
    DateTimeOffset? DataChangedAt,
    int? MaxAgeHours,
    string? AgeWarning
)
{
    public static SourceResource Of(SourceChoice source) =>
        new(
            source.Id,
            source.Name,
            source.Kind,
            source.RowCount,
            source.KeyColumns[0],
            [.. source.KeyColumns],
            [.. source.Fields.Select(field => field.Name)],
            source.Freshness?.ChangedAt,
            source.Freshness?.MaxAgeHours,
            source.AgeWarning?.ForReader()
        );
}

/// <summary>The result of loading a source.</summary>
/// <param name="MalformedRows">The rows that could not be read.</param>
internal sealed record LoadedSource(int Id, string Name, long Profiles, long MalformedRows, DateTimeOffset? LoadedAt)
{
    public static LoadedSource Of(Source source) => new(source.Id, source.Name, source.RowCount, source.MalformedCount, source.LoadedAt);
}

/// <summary>A connection to a Klaviyo account: its name and its health.</summary>
/// <param name="IsHealthy">False when the last use failed. Null when the token may not see it: only administrators may.</param>
/// <param name="LastSuccessAt">When it last worked.</param>
/// <param name="LastError">Why it does not work.</param>
internal sealed record ConnectionResource(int Id, string Name, bool? IsHealthy, DateTimeOffset? LastSuccessAt, string? LastError)
{
    public static ConnectionResource Of(ConnectionRow row) =>
        new(row.Id, row.Name, row.LastError is null, row.LastSuccessAt, row.LastError?.ForReader());
}

/// <summary>The status of all sources, segments and exports.</summary>
internal sealed record StatusResource(
    IReadOnlyList<StatusItem> Sources,
    IReadOnlyList<StatusItem> Segments,
    IReadOnlyList<StatusItem> Exports
)
{
    public static StatusResource Of(IEnumerable<StatusRow> rows)
    {
        var items = rows.ToLookup(row => row.Kind, StatusItem.Of);
        return new([.. items[RefreshTaskKind.Source]], [.. items[RefreshTaskKind.Segment]], [.. items[RefreshTaskKind.Export]]);
    }
}

/// <summary>The status of a source, segment or export.</summary>
/// <param name="LastRunAt">When the last execution ended. While one is in progress: when it started.</param>
/// <param name="DurationSeconds">The duration of the last execution.</param>
/// <param name="NextRunAt">The next planned time. Null when nothing is planned.</param>
/// <param name="MissedAt">The last scheduled time that passed while the application was down.</param>
/// <param name="Count">The rows loaded, members counted or profiles accepted by the last execution.</param>
/// <param name="Detail">How it ended, why it was skipped, or what it waits for.</param>
/// <param name="RunId">The run of an export.</param>
/// <param name="DataChangedAt">When the data of a source last changed. Null when it is not known.</param>
/// <param name="Warning">Which columns that it uses have changed, and whether the next run will stop. Null when none has.</param>
internal sealed record StatusItem(
    int Id,
    string Name,
    StatusText Status,
    DateTimeOffset? LastRunAt,
    double? DurationSeconds,
    DateTimeOffset? NextRunAt,
    bool FollowsRefresh,
    DateTimeOffset? MissedAt,
    long? Done,
    long? Total,
    long? Count,
    string? Detail,
    int? RunId,
    DateTimeOffset? DataChangedAt,
    string? Warning
)
{
    public static StatusItem Of(StatusRow row) =>
        new(
            row.Id,
            row.Name,
            row.Status,
            row.LastRunAt,
            row.Duration?.TotalSeconds,
            row.NextRunAt,
            row.FollowsRefresh,
            row.MissedAt,
            row.Done,
            row.Total,
            row.Count,
            row.Detail?.ForReader(),
            row.RunId,
            row.DataChangedAt,
            row.Warning?.ForReader()
        );
}

/// <summary>A system refresh: it loads the sources, counts the segments and runs the exports that follow it.</summary>
/// <param name="EndedAt">Null while it is in progress.</param>
internal sealed record RefreshResource(int Id, string RequestedBy, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int Done, int Total)
{
    public static RefreshResource Of(RefreshView view) =>
        new(view.Id, view.RequestedBy, view.StartedAt, view.FinishedAt, view.Done, view.Total);
}

/// <summary>An entry of the audit.</summary>
/// <param name="Actor">The name of the person, token or part of the product that did it.</param>
/// <param name="From">The network address of the browser or program, or "console". Null when it is not known.</param>
/// <param name="Action">The subject and the action, such as "Exports.Changed".</param>
/// <param name="SubjectId">The id of the subject, when it has one of the kind that the action names.</param>
/// <param name="Sequence">The position in the chain. Null until the entry is sealed.</param>
/// <param name="Hash">The hash of the entry and the hash before it, in hexadecimal. Null until the entry is sealed.</param>
internal sealed record AuditItem(
    long Id,
    long? Sequence,
    DateTimeOffset At,
    string Actor,
    string ActorId,
    string? From,
    string Action,
    string? Subject,
    int? SubjectId,
    string? Detail,
    string? Hash
)
{
    public static AuditItem Of(AuditEntry entry) =>
        new(
            entry.Id,
            entry.Sequence,
            entry.At.ToUniversalTime(),
            entry.ActorName,
            entry.ActorId,
            entry.From,
            entry.Action,
            entry.Subject,
            entry.SubjectId,
            entry.Detail?.ForReader(),
            entry.Hash is { } hash ? Convert.ToHexStringLower(hash) : null
        );
}
