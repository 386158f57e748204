using System.Globalization;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Overview;

/// <summary>The filter, the search and the page of a request for a run's rejections.</summary>
public sealed record RejectionQuery
{
    /// <summary>The largest allowed <see cref="PageSize"/>.</summary>
    public const int LargestPage = 1_000;

    /// <summary>The reason to filter by. Null for all rejections.</summary>
    public RejectionReason? Reason { get; init; }

    /// <summary>
    /// Matches a part of the profile's key, or of Klaviyo's error code or description. For people who may see email addresses it also
    /// matches a part of the address. Case-insensitive.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>The page number, starting at 1. A page after the last one is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>The number of rows in a page, at most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

/// <summary>A rejected profile.</summary>
/// <param name="Email">Null when the profile has no address or the reader may not see it.</param>
public sealed record RejectionRow(
    long Id,
    string ProfileKey,
    RejectionReason Reason,
    string? Email,
    string? Code,
    string? Detail,
    int? BatchNumber
)
{
    /// <summary>Why the address is invalid. Null for other reasons.</summary>
    public LocalizedMessage? AddressFault => RejectionReasons.AddressFault(Reason, Code);

    /// <summary>Returns the fault of the address, Klaviyo's description, or what else is stored with the reason. Null for nothing.</summary>
    public string? DetailIn(CultureInfo culture) => AddressFault?.In(culture) ?? Detail;
}

/// <summary>All rejections of a run.</summary>
/// <param name="HasEmails">Whether the rows include the addresses.</param>
/// <param name="Rows">In the order in which the members were read.</param>
public sealed record RejectionDownload(bool HasEmails, IAsyncEnumerable<RejectionRow> Rows);

/// <summary>One page of a run's rejections.</summary>
/// <param name="Total">The number of matching rejections on all pages.</param>
public sealed record RejectionPage(IReadOnlyList<RejectionRow> Rows, int Total);
