using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Counts what Klaviyo knows about people, and how many new profiles a run would create.</summary>
/// <param name="listId">The list of the export.</param>
internal sealed class ForecastTally(string listId)
{
    private long _asked;
    private long _absent;
    private long _subscribed;
    private long _never;
    private long _unsubscribed;
    private long _suppressed;
    private long _new;

    /// <param name="consent">The profile in Klaviyo. Null when there is none.</param>
    /// <param name="isSent">Whether the run would send the person.</param>
    public void Add(EmailConsent? consent, bool isSent)
    {
        _asked++;
        if (consent is null)
        {
            _absent++;
            if (isSent)
                _new++;
        }
        else if (consent.State == EmailConsentState.Unsubscribed)
            _unsubscribed++;
        else if (consent.IsSuppressedOn(listId))
            _suppressed++;
        else if (consent.State == EmailConsentState.Subscribed)
            _subscribed++;
        else
            _never++;
    }

    /// <summary>Returns the counts, scaled to all people when not everybody was asked about.</summary>
    /// <param name="all">The number of people.</param>
    public (ForecastPeople People, Estimate New) Of(long all) =>
        (
            new ForecastPeople
            {
                All = all,
                Asked = _asked,
                NotInKlaviyo = Scaled(_absent, all),
                InKlaviyo = Scaled(_asked - _absent, all),
                Subscribed = Scaled(_subscribed, all),
                NeverSubscribed = Scaled(_never, all),
                Unsubscribed = Scaled(_unsubscribed, all),
                Suppressed = Scaled(_suppressed, all),
            },
            Scaled(_new, all)
        );

    private Estimate Scaled(long found, long all) => Estimate.Of(found, _asked, all);
}
