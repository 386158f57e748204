using KlaviyoExport.Exports;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Overview;

/// <summary>The exports of the home page.</summary>
/// <param name="Rows">The first exports: those whose latest run is worst first, then by name.</param>
/// <param name="Total">The number of all exports.</param>
public sealed record ExportGlances(IReadOnlyList<ExportGlance> Rows, int Total);

/// <summary>An export at a glance.</summary>
/// <param name="Row">The export as in the export list.</param>
/// <param name="Days">The last seven days in UTC, the oldest first.</param>
/// <param name="Data">How old the data of its source may be, and when it last changed.</param>
/// <param name="Cap">How much of its limit of profiles the export uses. Null when no run has read its members.</param>
public sealed record ExportGlance(ExportRow Row, IReadOnlyList<ExportDay> Days, Freshness Data, CapUse? Cap);

/// <summary>What the runs of an export that ended on one day did.</summary>
/// <param name="Day">The day in UTC.</param>
/// <param name="Delivered">The profiles that Klaviyo accepted.</param>
/// <param name="Runs">The number of runs that ended.</param>
/// <param name="Warnings">The number of runs that completed with warnings.</param>
/// <param name="Failed">The number of runs that failed permanently.</param>
public sealed record ExportDay(DateOnly Day, long Delivered, int Runs, int Warnings, int Failed);

/// <summary>The profiles of an export, and how many it may send in one run.</summary>
/// <param name="RunId">The latest run that ended and has read all its members.</param>
/// <param name="Profiles">The distinct profiles with a valid address that it has found, changed or not.</param>
public sealed record CapUse(int RunId, long Profiles, ProfileLimit Limit)
{
    /// <summary>The share of the limit at which it is told, so that somebody can act before a run stops.</summary>
    public const double Warning = .8;

    /// <summary>From 0. More than 1 when the run exceeded the limit.</summary>
    public double Share => (double)Profiles / Limit.Max;

    public bool IsClose => Share >= Warning;
}
