namespace KlaviyoExport.Sources;

/// <summary>Finds how the dates of a column are written, and whether all of its values are dates.</summary>
/// <param name="choice">The decision of a person. Null when there is none.</param>
internal sealed class DayReadings(DayOrder? choice)
{
    private readonly ReadingFit _plain = new();
    private readonly ReadingFit _dayFirst = new();
    private readonly ReadingFit _monthFirst = new();
    private string? _ambiguous;
    private bool _differs;

    /// <summary>Whether another value can change the result.</summary>
    public bool IsOpen => _dayFirst.IsForAll || _monthFirst.IsForAll;

    public DayOrder Order =>
        choice
        ?? (_plain.IsForAll, _dayFirst.IsForAll, _monthFirst.IsForAll) switch
        {
            (false, true, false) => DayOrder.DayFirst,
            (false, false, true) => DayOrder.MonthFirst,
            _ => DayOrder.Unknown,
        };

    /// <summary>Whether all values are dates or dates with a time.</summary>
    public bool IsMoment => Result.IsForAll;

    public bool IsDate => IsMoment && Result.IsNarrow;

    public FormatDoubt? Doubt =>
        choice is not null
            ? Result.Misfit is { } misfit
                ? new FormatDoubt(FormatDoubtKind.UnfitDayOrder, misfit)
                : null
            : !_plain.IsForAll && _dayFirst.IsForAll && _monthFirst.IsForAll
                ? new FormatDoubt(FormatDoubtKind.DayOrder, _ambiguous!)
                : null;

    private ReadingFit Result =>
        Order switch
        {
            DayOrder.DayFirst => _dayFirst,
            DayOrder.MonthFirst => _monthFirst,
            _ => _plain,
        };

    public void Add(string value)
    {
        if (!IsOpen)
            return;
        var text = FieldValue.Trim(value);
        var isPlain = DayParser.TryParse(text, DayOrder.Unknown, out _, out var hasTime);
        _plain.Add(value, isPlain, !hasTime);
        if (isPlain)
        {
            _dayFirst.Add(value, fits: true, !hasTime);
            _monthFirst.Add(value, fits: true, !hasTime);
            return;
        }
        var isDayFirst = DayParser.TryParse(text, DayOrder.DayFirst, out var one, out var dayHasTime);
        var isMonthFirst = DayParser.TryParse(text, DayOrder.MonthFirst, out var other, out var monthHasTime);
        _dayFirst.Add(value, isDayFirst, !dayHasTime);
        _monthFirst.Add(value, isMonthFirst, !monthHasTime);
        // An example that shows a difference is better than 01/01/2026.
        if (isDayFirst && isMonthFirst && (_ambiguous is null || (!_differs && one != other)))
            (_ambiguous, _differs) = (value, one != other);
    }
}
