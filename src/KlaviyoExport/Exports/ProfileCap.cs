using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Exports;

/// <summary>
/// The cap: how many distinct profiles an export may send in one run, and what a person reads when its segments contain more. It is
/// <see cref="KlaviyoOptions.MaxProfilesPerExport"/>, 100,000 unless configured otherwise.
/// </summary>
public sealed class ProfileCap(IOptions<KlaviyoOptions> klaviyo)
{
    /// <summary>The largest number of profiles.</summary>
    public int Max => klaviyo.Value.MaxProfilesPerExport;

    /// <summary>What a person reads before a run, when the segments were counted.</summary>
    /// <param name="members">The number of distinct profiles in the segments, deliverable or not. It exceeds the cap.</param>
    public LocalizedMessage MessageFor(long members) => new("Exports.OverCap", members, Max);

    /// <summary>How a run ends that has found more profiles to deliver than the cap allows.</summary>
    /// <param name="deliverable">The number of distinct profiles with a valid address.</param>
    internal RunOutcome OutcomeFor(long deliverable) =>
        new(RunOutcomeKind.OverCap, new LocalizedMessage("Delivery.OverCap", deliverable, Max, deliverable - Max));
}
