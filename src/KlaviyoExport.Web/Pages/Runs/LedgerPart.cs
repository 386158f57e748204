namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>One line of a sum in the ledger.</summary>
public sealed record LedgerPart(string Name, long Count);
