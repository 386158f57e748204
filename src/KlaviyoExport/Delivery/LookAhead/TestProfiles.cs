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
    private readonly MemberLook _look;
    private readonly ExportUserCheck _exportUser;
    private readonly TestMembership _membership;
    private readonly TestImport _import;

    internal TestProfiles(
        DraftedExports exports,
        Rehearsals rehearsals,
        MemberLook look,
        ExportUserCheck exportUser,
        TestMembership membership,
        TestImport import
    ) => (_exports, _rehearsals, _look, _exportUser, _membership, _import) = (exports, rehearsals, look, exportUser, membership, import);

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
            var sought = new MemberSearch(key.Trim(), 1) { ByKeyOnly = true };
            var member = (await _look.ReadAsync(rehearsal, sought, cancellationToken)).SingleOrDefault();
            if (member is not { Decision.Row: { } row })
                return member is null
                    ? new TestProfileResult(TestOutcome.NotAMember)
                    : new TestProfileResult(TestOutcome.LeftOut) { LeftOut = member.Decision.Rejection!.Reason };
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

    /// <summary>The values that Klaviyo refused and without which the profile was sent again.</summary>
    public IReadOnlyList<ValueEffect> WithoutValues { get; init; } = [];

    /// <summary>Whether an earlier attempt of a refused call may have taken effect.</summary>
    internal bool MayHaveArrived { get; init; }

    /// <summary>Whether the person is on the list now. Null when nothing was sent, or when Klaviyo did not say.</summary>
    public bool? IsOnList { get; init; }
}
