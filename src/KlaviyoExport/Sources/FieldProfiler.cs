using System.Text;

namespace KlaviyoExport.Sources;

/// <summary>
/// Determines the properties of a column from its values: the narrowest type and how its values are written, the number of filled values,
/// and three samples.
/// </summary>
/// <param name="name">The name of the column.</param>
/// <param name="choice">The decision of a person about the format. Null when there is none.</param>
internal sealed class FieldProfiler(string name, FormatChoice? choice = null)
{
    private const int LongestSample = 200;

    private readonly List<string> _samples = [];
    private readonly NumberReadings _numbers = new(choice?.Mark);
    private readonly DayReadings _days = new(choice?.Days);
    private bool _yesNo = true;
    private long _rows;
    private long _filled;

    /// <summary>Whether the column is declared as yes or no, so that 1 and 0 are its values.</summary>
    public bool IsDeclaredYesNo { get; init; }

    /// <summary>Whether the database has numbers of its own in the column: they have a decimal point and no separators.</summary>
    public bool HasNativeNumbers
    {
        set => _numbers.HasNative |= value;
    }

    public void Add(string? value)
    {
        _rows++;
        if (value is null || FieldValue.IsEmpty(value))
            return;
        _filled++;
        if (_samples.Count < 3 && Sample(value) is var sample && !_samples.Contains(sample))
            _samples.Add(sample);
        if (_yesNo)
            _yesNo = FieldValue.TryYesNo(value, out _) && (IsDeclaredYesNo || !char.IsAsciiDigit(value.Trim()[0]));
        _numbers.Add(value);
        _days.Add(value);
    }

    /// <summary>Adds a value in UTF-8.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (_samples.Count == 3 && !_yesNo && !_numbers.IsOpen && !_days.IsOpen)
        {
            _rows++;
            _filled += Utf8Value.IsEmpty(value) ? 0 : 1;
        }
        else
        {
            Add(Encoding.UTF8.GetString(value));
        }
    }

    public Field ToField() =>
        new(name, Type, _rows == 0 ? 0 : (double)_filled / _rows, [.. _samples])
        {
            Format = _filled == 0 ? FieldFormat.Standard : new FieldFormat(_days.Order, _numbers.Mark),
            Doubt = _filled > 0 && (_numbers.Doubt ?? _days.Doubt) is { } doubt ? doubt with { Example = Sample(doubt.Example) } : null,
        };

    private FieldType Type =>
        _filled == 0 ? FieldType.Text
        : _yesNo ? FieldType.YesNo
        : _numbers.IsWhole ? FieldType.WholeNumber
        : _numbers.IsNumber ? FieldType.Number
        : _days.IsDate ? FieldType.Date
        : _days.IsMoment ? FieldType.Moment
        : FieldType.Text;

    private static string Sample(string value) =>
        value.Length <= LongestSample ? value : string.Concat(value.AsSpan(0, LongestSample), "…");
}
