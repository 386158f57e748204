using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Lists;

/// <summary>
/// Decides for each member, in the order they are read, whether it is sent or left out and why, and counts it in exactly one place of the
/// ledger.
/// </summary>
internal sealed class MemberSorter(EmailHasher hasher, Dictionary<Hash16, Hash16> delivered, ProfileMapping mapping, int cap)
{
    // Which key had the address first: a person who looks for a duplicate wants to find its twin.
    private readonly Dictionary<Hash16, string> _firstKeys = [];
    private long _ordinal = -1;

    public Ledger Ledger { get; } = new();

    /// <summary>Distinct profiles that could be sent, whether they changed or not: what the cap counts.</summary>
    public long Deliverable => Ledger.Prepared + Ledger.Unchanged;

    public bool IsOverCap => Deliverable > cap;

    /// <summary>What was delivered before and is not among the members any more.</summary>
    public IEnumerable<Hash16> Leaving => delivered.Keys.Where(hash => !_firstKeys.ContainsKey(hash));

    /// <summary>
    /// A member that this run does not concern: it is counted nowhere, but its address is taken, as it is when everybody is sent.
    /// </summary>
    public void PassOver(Profile profile)
    {
        if (EmailAddress.TryNormalize(profile.Values[0] ?? "", out var email))
            _firstKeys.TryAdd(hasher.Hash(email), profile.Key);
    }

    /// <returns>A row to send, or a rejection, or neither for a profile that has not changed.</returns>
    public (BatchRow? Row, NewRejection? Rejection) Sort(Profile profile)
    {
        _ordinal++;
        Ledger.Members++;
        var raw = profile.Values[0];
        if (string.IsNullOrWhiteSpace(raw))
        {
            Ledger.WithoutEmail++;
            return (null, new(_ordinal, profile.Key, RejectionReason.WithoutEmail));
        }
        if (!EmailAddress.TryNormalize(raw, out var email))
        {
            Ledger.Invalid++;
            return (null, new(_ordinal, profile.Key, RejectionReason.InvalidEmail) { Email = raw });
        }
        var hash = hasher.Hash(email);
        if (_firstKeys.TryGetValue(hash, out var first))
        {
            Ledger.Duplicate++;
            return (null, new(_ordinal, profile.Key, RejectionReason.DuplicateEmail) { Email = raw, Detail = first });
        }
        // Too large to send or not, it is a member: a mirror must not take it off the list.
        _firstKeys.Add(hash, profile.Key);
        var json = mapping.Write(email, profile);
        if (json.Length > KlaviyoLimits.ProfileBytes)
        {
            Ledger.Invalid++;
            return (null, new(_ordinal, profile.Key, RejectionReason.TooLarge) { Email = raw });
        }
        if (delivered.TryGetValue(hash, out var fingerprint) && fingerprint == Hash16.OfContent(json))
        {
            Ledger.Unchanged++;
            return (null, null);
        }
        Ledger.Prepared++;
        return (new BatchRow(_ordinal, profile.Key, email, json), null);
    }
}
