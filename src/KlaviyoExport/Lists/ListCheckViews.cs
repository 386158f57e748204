namespace KlaviyoExport.Lists;

/// <summary>The last check of a list after a run, and whether another may be asked for.</summary>
/// <param name="Check">Null: none was made.</param>
/// <param name="Refusal">Why none can be made now; null when one can. Of no concern to those who may not run the export.</param>
/// <param name="MayRequest">Whether the reader may ask for checks and cancel them.</param>
/// <param name="MaySeeWho">Whether the reader may see whom the differences concern.</param>
public sealed record ListCheckView(ListCheckFacts? Check, LocalizedMessage? Refusal, bool MayRequest, bool MaySeeWho);

/// <summary>A check as pages show it; the meaning of each is <see cref="ListCheck"/>'s.</summary>
/// <param name="Missing">All of them; of each kind <see cref="ListCheckService.MostStored"/> at most are stored by name.</param>
/// <param name="AreStored">Whether who they are is still there.</param>
public sealed record ListCheckFacts(
    int Id,
    ListCheckState State,
    string RequestedBy,
    DateTimeOffset RequestedAt,
    DateTimeOffset? FinishedAt,
    string? CancelRequestedBy,
    long Expected,
    long Members,
    long Missing,
    long Unexpected,
    LocalizedMessage? Outcome,
    bool AreStored
)
{
    public bool IsOpen => State is ListCheckState.Queued or ListCheckState.Checking;
}

/// <summary>Which differences are wanted.</summary>
public sealed record ListDifferenceQuery
{
    public const int LargestPage = 1_000;

    public ListDifferenceKind Kind { get; init; }

    /// <summary>Part of the profile's key, Klaviyo's id or the address; upper and lower case are the same.</summary>
    public string? Search { get; init; }

    /// <summary>From 1. One beyond the last is empty.</summary>
    public int Page { get; init; } = 1;

    /// <summary>At most <see cref="LargestPage"/>.</summary>
    public int PageSize { get; init; } = 25;
}

public sealed record ListDifferenceRow(long Id, ListDifferenceKind Kind, string? ProfileKey, string? KlaviyoId, string? Email);

/// <param name="Total">Of all pages.</param>
public sealed record ListDifferencePage(IReadOnlyList<ListDifferenceRow> Rows, int Total);
