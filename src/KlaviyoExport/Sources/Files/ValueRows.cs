using System.Text;

namespace KlaviyoExport.Sources.Files;

/// <summary>The rows of a format whose values are not text. They are written in the invariant form of <see cref="FieldValue"/>.</summary>
internal abstract class ValueRows : FileRows
{
    private readonly List<byte[]> _values = [];
    private readonly HashSet<int> _numbers = [];

    public sealed override int Count => _values.Count;

    public sealed override ReadOnlySpan<byte> this[int column] => _values[column];

    public sealed override bool HasNumbers => true;

    public sealed override bool IsNumber(int column) => _numbers.Contains(column);

    protected void Clear()
    {
        _values.Clear();
        _numbers.Clear();
    }

    protected void Add(object? value) => Add(PlainText.Of(value), PlainText.IsNumber(value));

    protected void Add(string? value, bool isNumber)
    {
        if (isNumber)
            _numbers.Add(_values.Count);
        _values.Add(string.IsNullOrEmpty(value) ? [] : Encoding.UTF8.GetBytes(value));
    }

    /// <exception cref="SourceException">The row is too long.</exception>
    protected void DemandLength(string name)
    {
        if (_values.Sum(value => (long)value.Length) > LongestRow)
            throw new SourceException(new LocalizedMessage("Sources.RowTooLong", name, Line, LongestRow));
    }
}
