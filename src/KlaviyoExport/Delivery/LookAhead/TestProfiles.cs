using System.Security.Cryptography;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>
/// Sends one member of an export to its list, to see Klaviyo's answer before a run sends everybody. The profile is the one that a run would
/// send. Nobody else is sent, and no run is started.
/// </summary>
public sealed class TestProfiles
{
    private readonly DraftedExports _exports;
    private readonly Rehearsals _rehearsals;
    private readonly MemberPass _members;
    private readonly ExportUserCheck _exportUser;
    private readonly TestMembership _membership;
    private readonly TestImport _import;
    private readonly KlaviyoClient _klaviyo;

    internal TestProfiles(
        DraftedExports exports,
        Rehearsals rehearsals,
        MemberPass members,
        ExportUserCheck exportUser,
        TestMembership membership,
        TestImport import,
        KlaviyoClient klaviyo
    ) =>
        (_exports, _rehearsals, _members, _exportUser, _membership, _import, _klaviyo) = (
            exports,
            rehearsals,
            members,
            exportUser,
            membership,
            import,
            klaviyo
        );

    /// <summary>Sends a member, for people who may run the export. It waits until Klaviyo's job has ended, at most two minutes.</summary>
    /// <param name="actor">The person who asks.</param>
    /// <param name="exportId">A saved export.</param>
    /// <param name="key">The key of the member.</param>
    /// <param name="cancellationToken">Cancels the call until the profile is sent.</param>
    /// <exception cref="NotAllowedException">The person may not run the export.</exception>
    /// <exception cref="LocalizedException">
    /// The export has no connection or is running, its connection has no export user, the source cannot be read, or Klaviyo does not
    /// answer. The message says which.
    /// </exception>
    public async Task<TestProfileResult> SendAsync(Actor actor, int exportId, string key, CancellationToken cancellationToken)
    {
        var drafted = await _exports.ReadAsync(actor, exportId, cancellationToken);
        try
        {
            await _exportUser.DemandAsync(exportId, cancellationToken);
            using var rehearsal = await _rehearsals.OpenAsync(drafted, sendsUnchanged: true, cancellationToken);
            var member = await FindAsync(rehearsal, key.Trim(), cancellationToken);
            if (member is not { Row: { } row })
                return member is null
                    ? new TestProfileResult(TestOutcome.NotAMember)
                    : new TestProfileResult(TestOutcome.LeftOut) { LeftOut = member.Rejection!.Reason };
            using var announced = await _membership.AnnounceAsync(actor, drafted, row, cancellationToken);
            // From here on the person may be on the list, so the result is awaited and stored even when nobody waits for it.
            return await _import.RunAsync(drafted, row, announced, CancellationToken.None);
        }
        catch (Exception fault)
            when (fault is RunFailedException or KlaviyoUnavailableException or KlaviyoRefusedException or CryptographicException)
        {
            throw new LocalizedException(RunFault.Of(fault, drafted.Export.ListId).Outcome.Message);
        }
    }

    /// <returns>Null when no member has the key.</returns>
    private async Task<SortedMember?> FindAsync(Rehearsal rehearsal, string key, CancellationToken cancellationToken)
    {
        await foreach (var profile in _members.ProfilesAsync(rehearsal.Scope.Export, cancellationToken))
        {
            if (!string.Equals(profile.Key, key, StringComparison.Ordinal))
            {
                // The first member with an address, a phone number or an external id has it.
                rehearsal.Sorter.PassOver(profile);
                continue;
            }
            var (candidate, rejection) = rehearsal.Sorter.Admit(profile);
            if (candidate is null)
                return new SortedMember(null, rejection);
            if (!rehearsal.Scope.Export.Audience.IsLimited)
                return MemberPass.Decided(rehearsal.Sorter, candidate);
            var consents = await _klaviyo.FindConsentsAsync(rehearsal.Drafted.Credential, [candidate.Email], cancellationToken);
            return MemberPass.Decided(
                rehearsal.Scope,
                rehearsal.Sorter,
                candidate,
                consents.ValueOrThrow().GetValueOrDefault(candidate.Email)
            );
        }
        return null;
    }
}

/// <summary>What became of a test profile.</summary>
public enum TestOutcome
{
    /// <summary>No member of the segments has the key. Nothing was sent.</summary>
    NotAMember,

    /// <summary>A run would leave the member out. Nothing was sent.</summary>
    LeftOut,

    /// <summary>Klaviyo refused the profile, with status 400 or in the import job.</summary>
    Refused,

    /// <summary>Klaviyo accepted the profile.</summary>
    Accepted,

    /// <summary>Klaviyo canceled the import job.</summary>
    JobCanceled,

    /// <summary>Klaviyo has not finished the import job in time. The profile may still be imported.</summary>
    JobUnfinished,
}

/// <summary>The result of sending a test profile.</summary>
public sealed record TestProfileResult(TestOutcome Outcome)
{
    /// <summary>Why a run would leave the member out.</summary>
    public RejectionReason? LeftOut { get; init; }

    /// <summary>Klaviyo's ID of the import job. Null when there is none.</summary>
    public string? JobId { get; init; }

    /// <summary>Klaviyo's error code. Null when it gave none.</summary>
    public string? KlaviyoCode { get; init; }

    /// <summary>Klaviyo's description of the error, with email addresses removed.</summary>
    public string? Detail { get; init; }

    /// <summary>Whether the person is on the list now. Null when nothing was sent, or when Klaviyo did not say.</summary>
    public bool? IsOnList { get; init; }
}
