using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>One run of a scenario.</summary>
/// <param name="Customers">The customers in the source when it starts.</param>
/// <param name="Accepted">The number of profiles that Klaviyo must have accepted.</param>
/// <param name="Unchanged">The number of profiles that must have been left out because nothing has changed.</param>
/// <param name="Removed">The number of people who must have been taken off the list.</param>
internal sealed record Step(string Name, CustomerSet Customers, int Accepted, int Unchanged, int Removed)
{
    /// <summary>Returns what is wrong with the counts of a run. Null when nothing is.</summary>
    public string? FaultOf(Ledger ledger)
    {
        (string What, long Expected, long Counted)[] counts =
        [
            ("members", Customers.Rows, ledger.Members),
            ("without email", Customers.WithoutEmail, ledger.WithoutEmail),
            ("invalid", Customers.Invalid, ledger.Invalid),
            ("duplicates", Customers.Duplicates, ledger.Duplicate),
            ("unchanged", Unchanged, ledger.Unchanged),
            ("accepted", Accepted, ledger.Accepted),
            ("removed", Removed, ledger.Removed),
        ];
        var wrong = counts.Where(count => count.Expected != count.Counted).ToList();
        return wrong.Count == 0
            ? null
            : string.Join(", ", wrong.Select(count => $"{count.What}: {count.Counted} instead of {count.Expected}"));
    }
}
