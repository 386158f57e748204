namespace KlaviyoExport.Exports;

/// <summary>What the changes of columns mean for one source, segment or export.</summary>
/// <param name="Effect">The worst effect.</param>
/// <param name="Uses">The uses that are affected, the worst first.</param>
public sealed record DriftWarning(DriftEffect Effect, IReadOnlyList<ColumnUse> Uses)
{
    private const int Told = 3;

    /// <summary>Returns what has changed and what it means, as one text. At most three uses are named.</summary>
    public LocalizedMessage Message => new(Code, Reasons);

    /// <summary>Returns what it means, without what has changed.</summary>
    public LocalizedMessage Headline => new(Code, "");

    /// <summary>Whether the worst use is of a table that is not that of the profiles.</summary>
    public bool IsOfTable => Uses[0].Table is not null;

    /// <summary>Whether it is about a segment. Only runs that send it are concerned.</summary>
    private bool IsOfSegment { get; init; }

    private string Code =>
        Effect != DriftEffect.Stops ? $"Exports.Drift.{Effect}"
        : IsOfSegment ? "Exports.Drift.SegmentStops"
        : IsOfTable ? "Exports.Drift.TableStops"
        : "Exports.Drift.Stops";

    /// <summary>Returns the first reasons as one text.</summary>
    internal LocalizedMessage Reasons
    {
        get
        {
            var told = Uses.Take(Told)
                .Select(use => use.Reason)
                .Aggregate((one, next) => new LocalizedMessage("Exports.Sentences", one, next));
            return Uses.Count > Told ? new LocalizedMessage("Exports.MoreSentences", told, Uses.Count - Told) : told;
        }
    }

    /// <summary>Returns the warning for some uses. Null when there are none.</summary>
    internal static DriftWarning? Of(IEnumerable<ColumnUse> uses, bool isOfSegment = false)
    {
        var worst = uses.Distinct().OrderByDescending(use => use.Effect).ToList();
        return worst.Count == 0 ? null : new DriftWarning(worst[0].Effect, worst) { IsOfSegment = isOfSegment };
    }
}
