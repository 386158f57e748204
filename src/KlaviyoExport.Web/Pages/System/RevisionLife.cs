using System.Globalization;

namespace KlaviyoExport.Web.Pages.System;

internal enum RevisionStage
{
    Stable,

    /// <summary>Stable for less than <see cref="RevisionLife.LocalizedMessage"/> more.</summary>
    SoonDeprecated,
    Deprecated,

    /// <summary>Retired in less than <see cref="RevisionLife.LocalizedMessage"/>.</summary>
    SoonRetired,
    Retired,
}

/// <summary>
/// How long a revision of Klaviyo's API lives: stable for a year from its date, deprecated for one more, then retired (Klaviyo's API
/// versioning policy).
/// </summary>
/// <param name="DeprecatedOn">The first day on which it is deprecated.</param>
/// <param name="RetiredOn">The first day on which Klaviyo no longer answers it.</param>
internal sealed record RevisionLife(DateOnly DeprecatedOn, DateOnly RetiredOn)
{
    /// <summary>How long before a change people are warned, in days.</summary>
    public const int LocalizedMessage = 90;

    /// <param name="revision">A date, such as 2026-07-15, with or without a suffix; the configuration was checked for it.</param>
    public static RevisionLife Of(string revision)
    {
        var date = DateOnly.ParseExact(revision.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new RevisionLife(date.AddYears(1), date.AddYears(2));
    }

    public RevisionStage StageOn(DateOnly day) =>
        day >= RetiredOn ? RevisionStage.Retired
        : day >= RetiredOn.AddDays(-LocalizedMessage) ? RevisionStage.SoonRetired
        : day >= DeprecatedOn ? RevisionStage.Deprecated
        : day >= DeprecatedOn.AddDays(-LocalizedMessage) ? RevisionStage.SoonDeprecated
        : RevisionStage.Stable;
}
