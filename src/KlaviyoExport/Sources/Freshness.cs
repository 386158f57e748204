namespace KlaviyoExport.Sources;

/// <summary>What the time of the last change says about the data of a source.</summary>
public enum DataAge
{
    /// <summary>The data is not older than allowed, or nobody has asked: there is neither a limit nor a column.</summary>
    Fresh,

    /// <summary>The data is older than allowed.</summary>
    Old,

    /// <summary>There is a limit or a column with the time of the last change, but the time is not known.</summary>
    Unknown,

    /// <summary>The time is more than a day in the future, so it says nothing about the data.</summary>
    Ahead,
}

/// <summary>When the data of a source last changed, and how old it may be.</summary>
/// <param name="Source">The name of the source.</param>
/// <param name="ChangedAt">The time of the last change, as of the last load or run. Null when it is not known.</param>
/// <param name="Column">The column with the time. Null for files, and when there is none.</param>
/// <param name="MaxAgeHours">The hours after which the data is too old. Null for no limit.</param>
/// <param name="StopsWhenOld">Whether data that is too old stops the exports.</param>
public sealed record Freshness(string Source, DateTimeOffset? ChangedAt, string? Column, int? MaxAgeHours, bool StopsWhenOld)
{
    /// <summary>The maximum of <see cref="MaxAgeHours"/>: ten years.</summary>
    public const int MostHours = 10 * 365 * 24;

    private const int HoursOfTwoDays = 48;

    // A time without an offset is read as UTC, so the time of another zone may be ahead by up to 14 hours.
    private static readonly TimeSpan Tolerance = TimeSpan.FromDays(1);

    public static Freshness Of(Source source) =>
        new(source.Name, source.DataChangedAt, source.ChangedAtColumn, source.MaxAgeHours, source.StopsWhenOld);

    public DataAge AgeAt(DateTimeOffset now) =>
        MaxAgeHours is null && Column is null ? DataAge.Fresh
        : ChangedAt is not { } changed ? DataAge.Unknown
        : changed - now > Tolerance ? DataAge.Ahead
        : MaxAgeHours is { } hours && now - changed > TimeSpan.FromHours(hours) ? DataAge.Old
        : DataAge.Fresh;

    /// <summary>Returns what is wrong with the age of the data. Null when nothing is.</summary>
    public LocalizedMessage? WarningAt(DateTimeOffset now) =>
        AgeAt(now) switch
        {
            DataAge.Old => new LocalizedMessage("Sources.DataOld", Source, ChangedAt, Duration(MaxAgeHours!.Value)),
            DataAge.Ahead when Column is not null => new LocalizedMessage("Sources.DataAheadColumn", Source, Column, ChangedAt),
            DataAge.Ahead => new LocalizedMessage("Sources.DataAhead", Source, ChangedAt),
            DataAge.Unknown when Column is not null => new LocalizedMessage("Sources.DataAgeUnknownColumn", Source, Column),
            DataAge.Unknown => new LocalizedMessage("Sources.DataAgeUnknown", Source),
            _ => null,
        };

    /// <summary>Returns why the exports of the source are stopped. Null when they are not.</summary>
    public LocalizedMessage? StopAt(DateTimeOffset now) =>
        StopsWhenOld && MaxAgeHours is not null && WarningAt(now) is { } warning
            ? new LocalizedMessage("Sources.DataStops", warning)
            : null;

    private static LocalizedMessage Duration(int hours) =>
        hours >= HoursOfTwoDays && hours % 24 == 0
            ? new LocalizedMessage("Sources.Days", hours / 24)
            : new LocalizedMessage("Sources.Hours", hours);
}
