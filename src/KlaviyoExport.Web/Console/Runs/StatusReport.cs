namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The status of the installation, as the HTTP API and the option <c>--json</c> describe it.</summary>
internal sealed record StatusReport(
    IReadOnlyList<StatusItem> Exports,
    IReadOnlyList<StatusItem> Sources,
    IReadOnlyList<StatusItem> Segments
);

/// <summary>The status of one source, segment or export.</summary>
/// <param name="LastRunAt">When it last ran, was loaded or was counted.</param>
/// <param name="NextRunAt">Null when nothing is planned.</param>
/// <param name="MissedAt">The last scheduled time that passed while no server was running.</param>
/// <param name="Count">The profiles accepted, rows loaded or members counted.</param>
/// <param name="Detail">How it ended, or what it waits for.</param>
/// <param name="Warning">Which columns of the source have changed, and whether the next run will stop.</param>
internal sealed record StatusItem(
    int Id,
    string Name,
    string? Status,
    DateTimeOffset? LastRunAt,
    DateTimeOffset? NextRunAt,
    DateTimeOffset? MissedAt,
    long? Count,
    string? Detail,
    int? RunId,
    string? Warning = null
);
