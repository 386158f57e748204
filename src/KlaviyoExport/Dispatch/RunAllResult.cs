namespace KlaviyoExport.Dispatch;

/// <summary>What came of starting several exports.</summary>
public sealed record RunAllResult(IReadOnlyList<StartedRun> Started, IReadOnlyList<LeftOut> LeftOut);

public sealed record StartedRun(int ExportId, string Name, int RunId);

/// <param name="Why">For a person, such as that the export's schedule is off.</param>
public sealed record LeftOut(int ExportId, string Name, LocalizedMessage Why);
