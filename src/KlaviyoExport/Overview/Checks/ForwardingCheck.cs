using System.Globalization;
using KlaviyoExport.Forwarding;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Says whether the forwarding of the audit is behind. Sends nothing.</summary>
internal sealed class ForwardingCheck(IEnumerable<IAuditTarget> targets, AuditForwarding forwarding, TimeProvider clock)
{
    private const string Area = "audit forwarding";
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    public async IAsyncEnumerable<Finding> RunAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var target in targets.Where(target => target.IsConfigured))
            yield return await forwarding.BehindSinceAsync(target, cancellationToken) is { } since
            && clock.GetUtcNow() - since > LongestDelay
                ? Finding.Warning(
                    Area,
                    target.Name,
                    $"It is behind: entries since {since.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)} were not forwarded.",
                    "Check that the receiver answers and that the server runs. Its log says why entries could not be forwarded."
                )
                : Finding.Ok(Area, target.Name, "It is up to date.");
    }
}
