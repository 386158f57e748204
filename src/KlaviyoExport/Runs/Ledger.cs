namespace KlaviyoExport.Runs;

/// <summary>
/// The counts of a run, in profiles, that must add up:
/// members = without email + invalid + duplicate + unchanged + prepared, and
/// prepared = accepted + refused + unconfirmed + unsent.
/// </summary>
public sealed class Ledger
{
    public long Members { get; set; }

    public long WithoutEmail { get; set; }

    public long Invalid { get; set; }

    public long Duplicate { get; set; }

    public long Unchanged { get; set; }

    public long Prepared { get; set; }

    /// <summary>Klaviyo's job took them.</summary>
    public long Accepted { get; set; }

    /// <summary>Klaviyo named them as not taken.</summary>
    public long Refused { get; set; }

    /// <summary>Handed over, and Klaviyo never said what became of them.</summary>
    public long Unconfirmed { get; set; }

    /// <summary>Never handed over; 0 unless the run was cancelled or failed.</summary>
    public long Unsent { get; set; }

    /// <summary>Members that left the segments and that this export had put on the list (mirror exports).</summary>
    public long Leaving { get; set; }

    /// <summary>Of those, taken off the list.</summary>
    public long Removed { get; set; }

    public bool ReadingAddsUp => Members == WithoutEmail + Invalid + Duplicate + Unchanged + Prepared;

    public bool SendingAddsUp => Prepared == Accepted + Refused + Unconfirmed + Unsent;

    public bool AddsUp => ReadingAddsUp && SendingAddsUp && Removed <= Leaving;
}
