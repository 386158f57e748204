namespace KlaviyoExport.Delivery;

/// <summary>Compares what the ledger says of a batch with what Klaviyo itself counted in its job.</summary>
internal static class Reconciliation
{
    /// <summary>How many profiles of each batch, by its number, Klaviyo named before it made a job: they are refused and in no job.</summary>
    public static Dictionary<int, int> SetAside(IEnumerable<Notice> timeline) => timeline
        .Where(line => line is { Code: "Delivery.SetAside", Arguments.Count: >= 2 })
        .GroupBy(line => Convert.ToInt32(line.Arguments[1], System.Globalization.CultureInfo.InvariantCulture))
        .ToDictionary(lines => lines.Key, lines => lines.Sum(line => Convert.ToInt32(line.Arguments[0], System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>Whether the two disagree; never where Klaviyo did not count.</summary>
    /// <param name="accepted">By the ledger.</param>
    /// <param name="refused">By the ledger, with those set aside.</param>
    /// <param name="setAside">Refused before there was a job.</param>
    /// <param name="completed">By Klaviyo; whether those that failed are among them its documentation leaves open, so either is agreement.</param>
    /// <param name="failed">By Klaviyo.</param>
    public static bool Differs(int accepted, int refused, int setAside, int? completed, int? failed) =>
        completed is { } done && failed is { } lost && (lost != refused - setAside || (done != accepted && done - lost != accepted));
}
