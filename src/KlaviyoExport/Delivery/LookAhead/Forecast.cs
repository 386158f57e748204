using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>What a run of an export would do now.</summary>
public sealed record Forecast
{
    /// <summary>
    /// The counts that the run would have after it was prepared. When <see cref="IsEstimated"/>, the counts after the audience are scaled
    /// from a sample; they still add up.
    /// </summary>
    public required Ledger Ledger { get; init; }

    /// <summary>
    /// Whether counts of the ledger depend on the sample: the export has a limited audience and not all members were asked about.
    /// </summary>
    public required bool IsEstimated { get; init; }

    /// <summary>What Klaviyo knows about the members with a valid address whom the run does not leave out for its list.</summary>
    public required ForecastPeople People { get; init; }

    /// <summary>Profiles that the run sends and that Klaviyo does not have yet: new active profiles, which Klaviyo bills.</summary>
    public required Estimate NewProfiles { get; init; }

    public required ForecastCalls Calls { get; init; }

    /// <summary>Why the run would fail after it was prepared. Null when it would not, as far as the counts tell.</summary>
    public LocalizedMessage? Obstacle { get; init; }
}

/// <summary>What Klaviyo knows about people. Each person is counted once: not in Klaviyo, or by the consent to email marketing.</summary>
public sealed record ForecastPeople
{
    /// <summary>The number of people.</summary>
    public required long All { get; init; }

    /// <summary>The number of people about whom Klaviyo was asked.</summary>
    public required long Asked { get; init; }

    public required Estimate NotInKlaviyo { get; init; }

    public required Estimate Subscribed { get; init; }

    public required Estimate NeverSubscribed { get; init; }

    public required Estimate Unsubscribed { get; init; }

    /// <summary>People who have not unsubscribed and to whom Klaviyo sends no marketing email for another reason.</summary>
    public required Estimate Suppressed { get; init; }

    /// <summary>People who have a profile in Klaviyo.</summary>
    public required Estimate InKlaviyo { get; init; }

    /// <summary>Whether Klaviyo was asked about everybody.</summary>
    public bool IsExact => Asked == All;
}

/// <summary>A count, or an estimate of it.</summary>
/// <param name="Count">The number.</param>
/// <param name="Margin">
/// The true number differs by no more than this in 95 of 100 samples. It is the larger half of Wilson's interval with the correction for
/// finite populations. 0 for a count.
/// </param>
public readonly record struct Estimate(long Count, long Margin)
{
    // 95 percent of a normal distribution lie within this many standard deviations.
    private const double Deviations = 1.96;

    /// <summary>Scales a count in a sample to the population from which the sample was drawn.</summary>
    /// <param name="found">The count in the sample.</param>
    /// <param name="sample">The size of the sample.</param>
    /// <param name="population">The size of the population.</param>
    public static Estimate Of(long found, long sample, long population)
    {
        if (sample == population || sample == 0)
            return new(found, 0);
        var share = found / (double)sample;
        var size = sample * (population - 1.0) / (population - sample);
        var square = Deviations * Deviations;
        var center = (share + (square / (2 * size))) / (1 + (square / size));
        var half = Deviations * Math.Sqrt((share * (1 - share) / size) + (square / (4 * size * size))) / (1 + (square / size));
        var margin = Math.Max(share - Math.Max(0, center - half), Math.Min(1, center + half) - share);
        return new((long)Math.Round(share * population), (long)Math.Ceiling(margin * population));
    }
}

/// <summary>The calls that the run would make to Klaviyo.</summary>
/// <param name="Lookups">Calls that ask who is in the audience, a hundred people each.</param>
/// <param name="Imports">Import jobs, which is the number of batches.</param>
/// <param name="Removals">Calls that find people on the list and take them off it (mirror exports only).</param>
/// <param name="LeastTime">
/// The time that these calls take at least by Klaviyo's limits. The time in which Klaviyo works on the import jobs comes on top.
/// </param>
public sealed record ForecastCalls(long Lookups, long Imports, long Removals, TimeSpan LeastTime)
{
    /// <summary>All calls. Each import job is asked about at least once.</summary>
    public long All => Lookups + (2 * Imports) + Removals;
}

/// <summary>The progress of a forecast.</summary>
/// <param name="Done">The number of members read so far.</param>
/// <param name="Total">The number of members.</param>
public sealed record ForecastProgress(long Done, long Total);
