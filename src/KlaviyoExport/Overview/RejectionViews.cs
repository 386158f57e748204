using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>Which rejections of a run are wanted.</summary>
public sealed record RejectionQuery
{
    public const int LargestPage = 1_000;

    /// <summary>Null: all.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>
    /// Part of the profile's key, Klaviyo's code or words, or, for those who may see it, the address; upper and lower case are the same.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>From 1. One beyond the last is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>At most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

/// <param name="Email">Null when there is none or the reader may not see it.</param>
public sealed record RejectionRow(
    long Id,
    string ProfileKey,
    RejectionReason Reason,
    string? Email,
    string? Code,
    string? Detail,
    int? BatchNumber
);

/// <param name="Total">Of all pages.</param>
public sealed record RejectionPage(IReadOnlyList<RejectionRow> Rows, int Total);
