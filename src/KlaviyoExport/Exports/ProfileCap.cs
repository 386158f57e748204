using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Exports;

/// <summary>
/// The cap: how many distinct profiles an export may send in one run. It is the limit of the connection, or else
/// <see cref="KlaviyoOptions.MaxProfilesPerExport"/>, 100,000 unless configured otherwise.
/// </summary>
public sealed class ProfileCap(IOptions<KlaviyoOptions> klaviyo)
{
    /// <summary>Returns the limit of the exports over a connection.</summary>
    /// <param name="ofConnection">The limit of the connection. Null when it has none, or when there is no connection.</param>
    /// <param name="connection">The name of the connection.</param>
    public ProfileLimit Of(int? ofConnection, string? connection) =>
        ofConnection is { } max ? new(max, connection ?? "") : new(klaviyo.Value.MaxProfilesPerExport, null);

    /// <inheritdoc cref="Of(int?, string?)"/>
    internal ProfileLimit Of(Connection? connection) => Of(connection?.MaxProfilesPerExport, connection?.Name);
}

/// <summary>A limit of profiles, and what a person reads when the segments of an export contain more.</summary>
/// <param name="Max">The largest number of distinct profiles that an export may send.</param>
/// <param name="Connection">The name of the connection whose limit it is. Null for the limit of the installation.</param>
public sealed record ProfileLimit(int Max, string? Connection)
{
    /// <summary>What a person reads before a run, when the segments were counted.</summary>
    /// <param name="members">The number of distinct profiles in the segments, deliverable or not. It exceeds the limit.</param>
    public LocalizedMessage MessageFor(long members) =>
        Connection is null
            ? new("Exports.OverCap", members, Max)
            : new LocalizedMessage("Exports.OverConnectionCap", members, Max, Connection);

    /// <summary>How a run ends that has found more profiles to deliver than the limit allows.</summary>
    /// <param name="deliverable">The number of distinct profiles with a valid address.</param>
    internal RunOutcome OutcomeFor(long deliverable) =>
        new(
            RunOutcomeKind.OverCap,
            Connection is null
                ? new LocalizedMessage("Delivery.OverCap", deliverable, Max, deliverable - Max)
                : new LocalizedMessage("Delivery.OverConnectionCap", deliverable, Max, deliverable - Max, Connection)
        );
}
