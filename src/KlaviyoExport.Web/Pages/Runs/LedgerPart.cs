namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>One line of a sum in the ledger.</summary>
/// <param name="Before">The count of the run that it is compared with. Null when there is none.</param>
public sealed record LedgerPart(string Name, long Count, long? Before);
