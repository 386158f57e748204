namespace KlaviyoExport.Exports;

/// <summary>What is lost when exports are removed.</summary>
/// <param name="Names">Of the exports.</param>
/// <param name="Runs">Their history.</param>
/// <param name="Rejections">Of those runs.</param>
/// <param name="Scheduled">The names of those that run by themselves and then do so no more.</param>
public sealed record RemovalLoss(IReadOnlyList<string> Names, int Runs, int Rejections, IReadOnlyList<string> Scheduled);
