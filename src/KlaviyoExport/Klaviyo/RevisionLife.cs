using System.Globalization;

namespace KlaviyoExport.Klaviyo;

/// <summary>The stage in the life of a Klaviyo API revision.</summary>
public enum RevisionStage
{
    Stable,

    /// <summary>Stable, and deprecated in at most <see cref="RevisionLife.WarningDays"/> days.</summary>
    SoonDeprecated,
    Deprecated,

    /// <summary>Deprecated, and retired in at most <see cref="RevisionLife.WarningDays"/> days.</summary>
    SoonRetired,
    Retired,
}

/// <summary>
/// The lifetime of a Klaviyo API revision. It is stable for one year from its date, deprecated for another year, and then retired
/// (Klaviyo's API versioning policy).
/// </summary>
/// <param name="DeprecatedOn">The first day on which the revision is deprecated.</param>
/// <param name="RetiredOn">The first day on which Klaviyo no longer accepts the revision.</param>
public sealed record RevisionLife(DateOnly DeprecatedOn, DateOnly RetiredOn)
{
    /// <summary>The number of days before the next stage in which people are warned.</summary>
    public const int WarningDays = 90;

    /// <summary>Returns the lifetime of a revision.</summary>
    /// <param name="revision">The revision: a date such as 2026-07-15, with or without a suffix. The configuration was validated.</param>
    public static RevisionLife Of(string revision)
    {
        var date = DateOnly.ParseExact(revision.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new RevisionLife(date.AddYears(1), date.AddYears(2));
    }

    public RevisionStage StageOn(DateOnly day) =>
        day >= RetiredOn ? RevisionStage.Retired
        : day >= RetiredOn.AddDays(-WarningDays) ? RevisionStage.SoonRetired
        : day >= DeprecatedOn ? RevisionStage.Deprecated
        : day >= DeprecatedOn.AddDays(-WarningDays) ? RevisionStage.SoonDeprecated
        : RevisionStage.Stable;
}
