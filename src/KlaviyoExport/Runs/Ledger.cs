namespace KlaviyoExport.Runs;

/// <summary>
/// The counts of a run, in profiles. They must add up:
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

    /// <summary>Profiles that Klaviyo's import job accepted.</summary>
    public long Accepted { get; set; }

    /// <summary>Profiles that Klaviyo reported as not accepted.</summary>
    public long Refused { get; set; }

    /// <summary>Profiles that were sent, and for which Klaviyo never reported a result.</summary>
    public long Unconfirmed { get; set; }

    /// <summary>Profiles that were never sent. 0 unless the run was canceled or failed.</summary>
    public long Unsent { get; set; }

    /// <summary>Profiles that left the segments and that this export had added to the list (mirror exports only).</summary>
    public long Leaving { get; set; }

    /// <summary>The part of <see cref="Leaving"/> that was removed from the list.</summary>
    public long Removed { get; set; }

    public bool ReadingAddsUp => Members == WithoutEmail + Invalid + Duplicate + Unchanged + Prepared;

    public bool SendingAddsUp => Prepared == Accepted + Refused + Unconfirmed + Unsent;

    public bool AddsUp => ReadingAddsUp && SendingAddsUp && Removed <= Leaving;
}
