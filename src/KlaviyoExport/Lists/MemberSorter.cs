using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Lists;

/// <summary>
/// Decides for each member, in the order of reading, whether it is sent or left out and why, and counts it in exactly one part of the
/// ledger.
/// </summary>
internal sealed class MemberSorter(EmailHasher hasher, KnownPeople known, ProfileMapping mapping, int cap)
{
    private readonly SeenPeople _seen = new(known.Delivered);

    // What an interrupted attempt of the run has put into batches. Empty in other runs.
    private readonly HashIndex _kept = new();
    private readonly HashSet<long> _takenOrdinals = [];
    private long _ordinal = -1;

    /// <summary>Whether profiles are sent again that have not changed since they were delivered.</summary>
    public bool SendsUnchanged { get; init; }

    /// <summary>Recognizes people by their addresses.</summary>
    public EmailHasher Hasher => hasher;

    public Ledger Ledger { get; } = new();

    /// <summary>What was done with values of the prepared profiles.</summary>
    public FieldTally Fields { get; } = new();

    /// <summary>Whether people whom somebody has taken off the list in Klaviyo are put back.</summary>
    public bool PutsBack { get; init; }

    /// <summary>Whether the audience of the export leaves some members out.</summary>
    public bool IsLimited { get; init; }

    /// <summary>The number of distinct deliverable profiles, changed or not. The cap applies to it.</summary>
    public long Deliverable => Ledger.Prepared + Ledger.Unchanged;

    public bool IsOverCap => Deliverable > cap;

    /// <summary>
    /// Whether a mirror run would take everybody off the list, which is more often a fault than a wish. A member who was taken off in
    /// Klaviyo shows that the segments and the source are as they should be.
    /// </summary>
    public bool WouldEmptyList => Deliverable == 0 && Ledger.Respected == 0 && Leaving.Any();

    /// <summary>Creates the sorter of a run of an export.</summary>
    /// <param name="export">The export.</param>
    /// <param name="hasher">Recognizes people by their addresses.</param>
    /// <param name="known">The people whom the export knows.</param>
    /// <param name="mapping">Writes the members.</param>
    /// <param name="cap">The maximum number of deliverable profiles.</param>
    /// <param name="sendsUnchanged">Whether unchanged profiles are sent.</param>
    public static MemberSorter Of(
        Export export,
        EmailHasher hasher,
        KnownPeople known,
        ProfileMapping mapping,
        int cap,
        bool sendsUnchanged
    ) =>
        new(hasher, known, mapping, cap)
        {
            SendsUnchanged = sendsUnchanged,
            PutsBack = export.ListRules.WhenRemovedByHand == WhenRemovedByHand.PutBack,
            IsLimited = export.Audience.IsLimited,
        };

    /// <summary>
    /// The people who were delivered earlier and are no longer members, or whom the audience leaves out. Without those who were taken off
    /// the list in Klaviyo.
    /// </summary>
    public IEnumerable<Hash16> Leaving => _seen.Missing;

    /// <summary>The most people who can turn out to have left, if no further member were read.</summary>
    public long MostLeaving => _seen.MissingCount;

    /// <summary>
    /// Adds a profile that an interrupted attempt of the run has put into a batch, before anything is read. It is counted with the batches
    /// (see <see cref="Resume"/>), and when it is read again it only takes its identifiers.
    /// </summary>
    public void Keep(long ordinal, string key, string email)
    {
        var hash = hasher.Hash(email);
        if (!_seen.TryAdd(hash, key, out _))
            return;
        _kept.Add(hash);
        _takenOrdinals.Add(ordinal);
    }

    /// <summary>Counts the profiles in the batches of an interrupted attempt.</summary>
    public void Resume(long prepared) => Ledger.Members = Ledger.Prepared = prepared;

    /// <summary>Whether a member with this address was read whom the audience does not leave out.</summary>
    public bool Contains(Hash16 hash) => _seen.Contains(hash);

    /// <summary>
    /// Adds a member that this run does not send. It is not counted, but its address and identifiers are taken, as in a run that sends all
    /// members. Klaviyo is not asked whether it is in the audience: whom the export holds was in it at the last run.
    /// </summary>
    /// <returns>A candidate for <see cref="Claim"/>. Null for a member who takes no identifiers.</returns>
    public Candidate? PassOver(AddressedProfile member)
    {
        var (profile, reading, hash) = member;
        if (reading.Address is not { } email)
            return null;
        return _seen.TryAdd(hash, profile.Key, out _) && !IsRespected(hash) && (!IsLimited || IsHeld(hash))
            ? new Candidate(_ordinal, hash, email, profile) { IsPassedOver = true }
            : null;
    }

    /// <summary>Takes the identifiers of a member that is passed over. Call it in the order in which the members were read.</summary>
    public void Claim(Candidate candidate)
    {
        var mapped = mapping.Write(candidate.Email, candidate.Profile);
        if (!CanBeSent(mapped))
            return;
        mapping.Claim(mapped);
        if (_kept.Contains(candidate.Hash))
            Tally(candidate, EffectsOf(candidate, mapped));
    }

    /// <summary>
    /// Returns the hashes of the identifiers that a member would be sent with, as long as no member before it has taken them.
    /// </summary>
    public IReadOnlyList<Hash16> IdentifiersOf(Candidate candidate) => mapping.Write(candidate.Email, candidate.Profile).Identifiers;

    /// <summary>Decides by the address alone whether a member can be sent.</summary>
    /// <returns>A candidate for <see cref="Write"/> or <see cref="LeaveOut"/>, or a rejection.</returns>
    public (Candidate? Candidate, NewRejection? Rejection) Admit(AddressedProfile member)
    {
        var (profile, reading, hash) = member;
        var raw = profile.Values[0];
        if (IsKept(member))
            return (
                new Candidate(_ordinal, hash, reading.Address!, profile) { IsRepaired = reading.IsRepaired, IsPassedOver = true },
                null
            );
        Count();
        if (string.IsNullOrWhiteSpace(raw))
        {
            Ledger.WithoutEmail++;
            return (null, new(_ordinal, profile.Key, RejectionReason.WithoutEmail));
        }
        if (reading.Address is not { } email)
        {
            Ledger.Invalid++;
            return (null, new(_ordinal, profile.Key, RejectionReason.InvalidEmail) { Email = raw, Code = reading.Fault.ToString() });
        }
        // It is a member even when it is too large to send: a mirror export must not remove it from the list.
        if (!_seen.TryAdd(hash, profile.Key, out var first))
        {
            Ledger.Duplicate++;
            return (null, new(_ordinal, profile.Key, RejectionReason.DuplicateEmail) { Email = raw, Detail = first });
        }
        if (IsRespected(hash))
        {
            Ledger.Respected++;
            return (null, new(_ordinal, profile.Key, RejectionReason.RemovedByHand) { Email = raw });
        }
        return (new Candidate(_ordinal, hash, email, profile) { IsRepaired = reading.IsRepaired }, null);
    }

    /// <summary>Leaves an admitted member out, because the audience of the export does not contain it.</summary>
    /// <param name="candidate">The member.</param>
    /// <param name="reason">One of the reasons of <see cref="RejectionReasons.IsOfAudience"/>.</param>
    public NewRejection LeaveOut(Candidate candidate, RejectionReason reason)
    {
        _ = reason switch
        {
            RejectionReason.NotInKlaviyo => Ledger.NotInKlaviyo++,
            RejectionReason.NotSubscribed => Ledger.NotSubscribed++,
            RejectionReason.Suppressed => Ledger.Suppressed++,
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The audience does not leave out for this reason."),
        };
        // For the list it counts as a person who has left the segments.
        _seen.LeaveOut(candidate.Hash);
        return new(candidate.Ordinal, candidate.Profile.Key, reason) { Email = candidate.Profile.Values[0] };
    }

    /// <summary>Writes an admitted member as it is sent. Call it once for each, in the order in which they were admitted.</summary>
    /// <returns>A row to send, a rejection, or neither for an unchanged profile.</returns>
    public SortedMember Write(Candidate candidate)
    {
        var (ordinal, hash, email, profile) = candidate;
        var mapped = mapping.Write(email, profile);
        if (!CanBeSent(mapped))
        {
            Ledger.Invalid++;
            var reason = mapped.Rejection?.Reason ?? RejectionReason.TooLarge;
            return new(null, new(ordinal, profile.Key, reason) { Email = profile.Values[0], Detail = mapped.Rejection?.Attribute })
            {
                Candidate = candidate,
            };
        }
        mapping.Claim(mapped);
        var json = mapped.Json;
        if (!SendsUnchanged && known.Delivered.FingerprintOf(hash) is { } fingerprint && fingerprint == Hash16.OfContent(json))
        {
            Ledger.Unchanged++;
            return new(null, null) { Candidate = candidate };
        }
        Ledger.Prepared++;
        var effects = EffectsOf(candidate, mapped);
        Tally(candidate, effects);
        return new(new BatchRow(ordinal, profile.Key, email, json), null) { Candidate = candidate, Effects = effects };
    }

    /// <summary>Counts a member. Its position is one that no profile of an interrupted attempt has.</summary>
    private void Count()
    {
        do _ordinal++;
        while (_takenOrdinals.Contains(_ordinal));
        Ledger.Members++;
    }

    /// <summary>Whether the member is the profile that a batch of an interrupted attempt has.</summary>
    private bool IsKept(AddressedProfile member) =>
        _takenOrdinals.Count > 0
        && member.Address.Address is not null
        && _kept.Contains(member.Hash)
        && !_seen.TryAdd(member.Hash, member.Profile.Key, out var key)
        && key == member.Profile.Key;

    private void Tally(Candidate candidate, IReadOnlyList<ValueEffect> effects)
    {
        foreach (var (attribute, effect, note) in effects)
            Fields.Add(attribute, effect, candidate.Profile.Key, note);
    }

    private static bool CanBeSent(MappedProfile profile) => profile is { Rejection: null, Json.Length: <= KlaviyoLimits.ProfileBytes };

    private bool IsRespected(Hash16 hash) => !PutsBack && known.RemovedByHand.Contains(hash);

    /// <summary>Whether the export holds the person on the list for certain.</summary>
    private bool IsHeld(Hash16 hash) => known.Delivered.FingerprintOf(hash) is { } fingerprint && fingerprint != default;

    private static IReadOnlyList<ValueEffect> EffectsOf(Candidate candidate, MappedProfile mapped)
    {
        var domain = candidate.Email[(candidate.Email.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var meant = EmailTypo.Suggestion(domain);
        if (!candidate.IsRepaired && meant is null)
            return mapped.Effects;
        List<ValueEffect> effects = [.. mapped.Effects];
        if (candidate.IsRepaired)
            effects.Add(new(ProfilePath.Email.Path, FieldEffect.Repaired));
        if (meant is not null)
            effects.Add(new(ProfilePath.Email.Path, FieldEffect.LikelyTypo, $"{domain} → {meant}"));
        return effects;
    }
}

/// <summary>A member with a valid address that no member before it has.</summary>
/// <param name="Ordinal">The position among the members of the run, starting at 0.</param>
/// <param name="Hash">The keyed hash of the address.</param>
/// <param name="Email">The normalized address.</param>
/// <param name="Profile">The profile as read.</param>
internal sealed record Candidate(long Ordinal, Hash16 Hash, string Email, Profile Profile)
{
    /// <summary>Whether what copying had left around the address was removed.</summary>
    public bool IsRepaired { get; init; }

    /// <summary>Whether the run does not send the member, but only takes its identifiers.</summary>
    public bool IsPassedOver { get; init; }
}
