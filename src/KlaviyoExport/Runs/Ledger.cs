namespace KlaviyoExport.Runs;

/// <summary>
/// The counts of a run, in profiles. They must add up:
/// members = without email + invalid + duplicate + unchanged + respected + not in Klaviyo + not subscribed + suppressed
/// + prepared,
/// prepared = accepted + refused + unconfirmed + unsent, and
/// leaving = removed + kept for others + kept from before + already off + unsettled.
/// </summary>
public sealed class Ledger
{
    public long Members { get; set; }

    public long WithoutEmail { get; set; }

    public long Invalid { get; set; }

    public long Duplicate { get; set; }

    public long Unchanged { get; set; }

    /// <summary>Profiles that somebody has taken off the list in Klaviyo and that the export does not put back.</summary>
    public long Respected { get; set; }

    /// <summary>Profiles without a profile in Klaviyo, which the audience of the export leaves out.</summary>
    public long NotInKlaviyo { get; set; }

    /// <summary>Profiles in Klaviyo without a subscription to email marketing, which the audience of the export leaves out.</summary>
    public long NotSubscribed { get; set; }

    /// <summary>Profiles to which Klaviyo sends no marketing email, and which the audience of the export leaves out.</summary>
    public long Suppressed { get; set; }

    public long Prepared { get; set; }

    /// <summary>Profiles that Klaviyo's import job accepted.</summary>
    public long Accepted { get; set; }

    /// <summary>Profiles that Klaviyo reported as not accepted.</summary>
    public long Refused { get; set; }

    /// <summary>Profiles that were sent, and for which Klaviyo never reported a result.</summary>
    public long Unconfirmed { get; set; }

    /// <summary>Profiles that were never sent. 0 unless the run was canceled or failed.</summary>
    public long Unsent { get; set; }

    /// <summary>
    /// Profiles that this export has delivered, that are not in its segments any more, and whose membership this run settles (mirror
    /// exports only). In a run that undoes another: profiles that joined the list through that run.
    /// </summary>
    public long Leaving { get; set; }

    /// <summary>The part of <see cref="Leaving"/> that was removed from the list.</summary>
    public long Removed { get; set; }

    /// <summary>The part of <see cref="Leaving"/> that stays on the list because another export holds it.</summary>
    public long KeptForOthers { get; set; }

    /// <summary>The part of <see cref="Leaving"/> that stays because no delivery of this installation put it on the list.</summary>
    public long KeptFromBefore { get; set; }

    /// <summary>The part of <see cref="Leaving"/> that was not on the list any more.</summary>
    public long AlreadyOff { get; set; }

    /// <summary>Profiles that another run has removed and that this run, which undoes it, is to put back.</summary>
    public long Returning { get; set; }

    /// <summary>The part of <see cref="Returning"/> that was put back on the list.</summary>
    public long PutBack { get; set; }

    /// <summary>The part of <see cref="Leaving"/> that is not settled. 0 unless the run was canceled, failed or has not ended.</summary>
    public long Unsettled => Leaving - Removed - KeptForOthers - KeptFromBefore - AlreadyOff;

    /// <summary>The members that the audience of the export leaves out.</summary>
    public long OutsideAudience => NotInKlaviyo + NotSubscribed + Suppressed;

    /// <summary>The members that were not prepared.</summary>
    public long LeftOut => WithoutEmail + Invalid + Duplicate + Unchanged + Respected + OutsideAudience;

    public bool ReadingAddsUp => Members == LeftOut + Prepared;

    public bool SendingAddsUp => Prepared == Accepted + Refused + Unconfirmed + Unsent;

    public bool LeavingAddsUp => Unsettled >= 0 && PutBack <= Returning;

    public bool AddsUp => ReadingAddsUp && SendingAddsUp && LeavingAddsUp;

    /// <summary>
    /// Returns the counts as if some prepared profiles, and the members that are not decided yet, had not been read.
    /// </summary>
    internal Ledger Without(long prepared)
    {
        var copy = (Ledger)MemberwiseClone();
        copy.Prepared -= prepared;
        copy.Members = copy.LeftOut + copy.Prepared;
        return copy;
    }
}
