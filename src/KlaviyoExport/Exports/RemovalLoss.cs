namespace KlaviyoExport.Exports;

/// <summary>What is deleted when exports are removed.</summary>
/// <param name="Names">The names of the exports.</param>
/// <param name="Runs">The number of runs in their history.</param>
/// <param name="Rejections">The number of rejections of these runs.</param>
/// <param name="Scheduled">The names of the exports that run automatically until they are removed.</param>
public sealed record RemovalLoss(IReadOnlyList<string> Names, int Runs, int Rejections, IReadOnlyList<string> Scheduled);
