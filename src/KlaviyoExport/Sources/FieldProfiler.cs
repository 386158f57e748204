using System.Text;

namespace KlaviyoExport.Sources;

/// <summary>
/// Determines the properties of a column from its values: the narrowest type, the number of filled values, and three samples.
/// </summary>
internal sealed class FieldProfiler(string name, bool declaredYesNo = false)
{
    private const int LongestSample = 200;

    private readonly List<string> _samples = [];
    private bool _whole = true;
    private bool _number = true;
    private bool _yesNo = true;
    private bool _date = true;
    private bool _moment = true;
    private long _rows;
    private long _filled;

    public void Add(string? value)
    {
        _rows++;
        if (value is null || FieldValue.IsEmpty(value))
            return;
        _filled++;
        if (_samples.Count < 3 && Sample(value) is var sample && !_samples.Contains(sample))
            _samples.Add(sample);
        Narrow(value);
    }

    /// <summary>Adds a value in UTF-8.</summary>
    public void Add(ReadOnlySpan<byte> value)
    {
        if (_samples.Count == 3 && !_whole && !_number && !_yesNo && !_date && !_moment)
        {
            _rows++;
            _filled += Utf8Value.IsEmpty(value) ? 0 : 1;
        }
        else
        {
            Add(Encoding.UTF8.GetString(value));
        }
    }

    public Field ToField() => new(name, Type, _rows == 0 ? 0 : (double)_filled / _rows, [.. _samples]);

    private FieldType Type =>
        this switch
        {
            { _filled: 0 } => FieldType.Text,
            { _yesNo: true } => FieldType.YesNo,
            { _whole: true } => FieldType.WholeNumber,
            { _number: true } => FieldType.Number,
            { _date: true } => FieldType.Date,
            { _moment: true } => FieldType.Moment,
            _ => FieldType.Text,
        };

    private void Narrow(string value)
    {
        if (_yesNo)
            _yesNo = FieldValue.TryYesNo(value, out _) && (declaredYesNo || !char.IsAsciiDigit(value.Trim()[0]));
        if (_whole || _number)
        {
            var isCode = IsCode(value);
            _whole = _whole && !isCode && FieldValue.TryWhole(value, out _);
            _number = _number && !isCode && FieldValue.TryNumber(value, out _);
        }
        if (_date || _moment)
        {
            _moment = FieldValue.TryDay(value, out _, out var hasTime);
            _date = _date && _moment && !hasTime;
        }
    }

    /// <summary>
    /// Whether digits are not a quantity: postal codes and phone numbers (with a leading 0 or +), and IDs too long for an exact number.
    /// </summary>
    private static bool IsCode(string value)
    {
        var text = value.AsSpan().Trim();
        if (text[0] == '+')
            return true;
        if (text[0] == '-')
            text = text[1..];
        return (text.Length > 1 && text[0] == '0' && char.IsAsciiDigit(text[1]))
            || (text.Length > 18 && !text.ContainsAnyExceptInRange('0', '9'));
    }

    private static string Sample(string value) =>
        value.Length <= LongestSample ? value : string.Concat(value.AsSpan(0, LongestSample), "…");
}
