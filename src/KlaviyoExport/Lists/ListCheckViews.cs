namespace KlaviyoExport.Lists;

/// <summary>The last check of a list after a run, and whether another check may be requested.</summary>
/// <param name="Check">Null when there is none.</param>
/// <param name="Refusal">Why no check can be requested now. Null when one can. It does not concern people who may not run the
/// export.</param>
/// <param name="MayRequest">Whether the reader may request and cancel checks.</param>
/// <param name="MaySeeWho">Whether the reader may see the profiles that differ.</param>
public sealed record ListCheckView(ListCheckFacts? Check, LocalizedMessage? Refusal, bool MayRequest, bool MaySeeWho);

/// <summary>A check as shown on pages. See <see cref="ListCheck"/> for the meaning of the properties.</summary>
/// <param name="Missing">The number of all missing profiles. At most <see cref="ListCheckService.MostStored"/> of each kind are stored
/// individually.</param>
/// <param name="AreStored">Whether the individual profiles are still stored.</param>
public sealed record ListCheckFacts(
    int Id,
    ListCheckState State,
    bool IsScheduled,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset? FinishedAt,
    string? CancelRequestedBy,
    long Expected,
    long Members,
    long Missing,
    long RemovedByHand,
    long Unexpected,
    long OfOthers,
    long Withheld,
    LocalizedMessage? Outcome,
    bool AreStored
)
{
    /// <summary>The part of <see cref="Expected"/> that is on the list.</summary>
    public long ExpectedOnList => Expected - Missing - RemovedByHand;

    /// <summary>
    /// Profiles on the list that the run did not put there because Klaviyo refused them or they are too large. They were on it already.
    /// </summary>
    public long RefusedOnList => Members - ExpectedOnList - OfOthers - Unexpected;

    /// <summary>The number of differences of a kind.</summary>
    public long CountOf(ListDifferenceKind kind) =>
        kind switch
        {
            ListDifferenceKind.Missing => Missing,
            ListDifferenceKind.RemovedByHand => RemovedByHand,
            _ => Unexpected,
        };

    public bool IsOpen => State is ListCheckState.Queued or ListCheckState.Checking;
}

/// <summary>The kind, the search and the page of a request for differences.</summary>
public sealed record ListDifferenceQuery
{
    public const int LargestPage = 1_000;

    public ListDifferenceKind Kind { get; init; }

    /// <summary>Matches a part of the profile's key, Klaviyo's ID or the address. Case-insensitive.</summary>
    public string? Search { get; init; }

    /// <summary>The page number, starting at 1. A page after the last one is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>The number of rows in a page, at most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

public sealed record ListDifferenceRow(long Id, ListDifferenceKind Kind, string? ProfileKey, string? KlaviyoId, string? Email);

/// <param name="Total">The number of matching differences on all pages.</param>
public sealed record ListDifferencePage(IReadOnlyList<ListDifferenceRow> Rows, int Total);
