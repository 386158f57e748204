namespace KlaviyoExport.Dispatch;

/// <summary>The result of starting several exports.</summary>
/// <param name="Started">The runs that were queued.</param>
/// <param name="LeftOut">The exports of which no run was queued.</param>
public sealed record RunAllResult(IReadOnlyList<StartedRun> Started, IReadOnlyList<LeftOut> LeftOut);

/// <summary>A run that was queued.</summary>
public sealed record StartedRun(int ExportId, string Name, int RunId);

/// <summary>An export of which no run was queued.</summary>
/// <param name="Why">The reason, as a message for people. For example, the schedule of the export is off.</param>
public sealed record LeftOut(int ExportId, string Name, LocalizedMessage Why);
