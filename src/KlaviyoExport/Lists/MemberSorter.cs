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
    // The key of the first member with each address, so that a rejection of a duplicate can name it.
    private readonly Dictionary<Hash16, string> _firstKeys = [];

    // The members whom the audience leaves out. For the list they count as people who have left the segments.
    private readonly HashSet<Hash16> _outside = [];
    private long _ordinal = -1;

    /// <summary>Whether profiles are sent again that have not changed since they were delivered.</summary>
    public bool SendsUnchanged { get; init; }

    public Ledger Ledger { get; } = new();

    /// <summary>What was done with values of the prepared profiles.</summary>
    public FieldTally Fields { get; } = new();

    /// <summary>Whether people whom somebody has taken off the list in Klaviyo are put back.</summary>
    public bool PutsBack { get; init; }

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
        };

    /// <summary>
    /// The people who were delivered earlier and are no longer members, or whom the audience leaves out. Without those who were taken off
    /// the list in Klaviyo.
    /// </summary>
    public IEnumerable<Hash16> Leaving => known.Delivered.Keys.Where(hash => !Contains(hash));

    /// <summary>Whether a member with this address was read whom the audience does not leave out.</summary>
    public bool Contains(Hash16 hash) => _firstKeys.ContainsKey(hash) && !_outside.Contains(hash);

    /// <summary>
    /// Adds a member that this run does not send. It is not counted, but its address and identifiers are taken, as in a run that sends all
    /// members.
    /// </summary>
    public void PassOver(Profile profile)
    {
        if (!EmailAddress.TryNormalize(profile.Values[0] ?? "", out var email))
            return;
        var hash = hasher.Hash(email);
        if (_firstKeys.TryAdd(hash, profile.Key) && !IsRespected(hash) && mapping.Write(email, profile) is var mapped && CanBeSent(mapped))
            mapping.Claim(mapped);
    }

    /// <summary>Decides by the address alone whether a member can be sent.</summary>
    /// <returns>A candidate for <see cref="Write(Candidate)"/> or <see cref="LeaveOut"/>, or a rejection.</returns>
    public (Candidate? Candidate, NewRejection? Rejection) Admit(Profile profile)
    {
        _ordinal++;
        Ledger.Members++;
        var raw = profile.Values[0];
        if (string.IsNullOrWhiteSpace(raw))
        {
            Ledger.WithoutEmail++;
            return (null, new(_ordinal, profile.Key, RejectionReason.WithoutEmail));
        }
        var reading = EmailAddress.Read(raw);
        if (reading.Address is not { } email)
        {
            Ledger.Invalid++;
            return (null, new(_ordinal, profile.Key, RejectionReason.InvalidEmail) { Email = raw, Code = reading.Fault.ToString() });
        }
        var hash = hasher.Hash(email);
        if (_firstKeys.TryGetValue(hash, out var first))
        {
            Ledger.Duplicate++;
            return (null, new(_ordinal, profile.Key, RejectionReason.DuplicateEmail) { Email = raw, Detail = first });
        }
        // It is a member even when it is too large to send: a mirror export must not remove it from the list.
        _firstKeys.Add(hash, profile.Key);
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
        _outside.Add(candidate.Hash);
        return new(candidate.Ordinal, candidate.Profile.Key, reason) { Email = candidate.Profile.Values[0] };
    }

    /// <summary>Writes an admitted member as it is sent. Call it once for each, in the order in which they were admitted.</summary>
    /// <returns>A row to send, a rejection, or neither for an unchanged profile.</returns>
    public (BatchRow? Row, NewRejection? Rejection) Write(Candidate candidate) => Write(candidate, out _);

    /// <summary>Writes an admitted member, and tells what was done with its values.</summary>
    public (BatchRow? Row, NewRejection? Rejection) Write(Candidate candidate, out IReadOnlyList<ValueEffect> effects)
    {
        effects = [];
        var (ordinal, hash, email, profile) = candidate;
        var mapped = mapping.Write(email, profile);
        if (!CanBeSent(mapped))
        {
            Ledger.Invalid++;
            var reason = mapped.Rejection?.Reason ?? RejectionReason.TooLarge;
            return (null, new(ordinal, profile.Key, reason) { Email = profile.Values[0], Detail = mapped.Rejection?.Attribute });
        }
        mapping.Claim(mapped);
        var json = mapped.Json;
        if (!SendsUnchanged && known.Delivered.TryGetValue(hash, out var fingerprint) && fingerprint == Hash16.OfContent(json))
        {
            Ledger.Unchanged++;
            return (null, null);
        }
        Ledger.Prepared++;
        effects = EffectsOf(candidate, mapped);
        foreach (var (attribute, effect, note) in effects)
            Fields.Add(attribute, effect, profile.Key, note);
        return (new BatchRow(ordinal, profile.Key, email, json), null);
    }

    private static bool CanBeSent(MappedProfile profile) => profile is { Rejection: null, Json.Length: <= KlaviyoLimits.ProfileBytes };

    private bool IsRespected(Hash16 hash) => !PutsBack && known.RemovedByHand.Contains(hash);

    private static IReadOnlyList<ValueEffect> EffectsOf(Candidate candidate, MappedProfile mapped)
    {
        var domain = candidate.Email[(candidate.Email.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var meant = EmailTypo.Suggestion(domain);
        if (!candidate.IsRepaired && meant is null)
            return mapped.Effects;
        var effects = new List<ValueEffect>(mapped.Effects);
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
}
