using System.Text;

namespace KlaviyoExport.Segments;

/// <summary>The order of rows with the same key, as SQLite sorts: null first, then by the bytes of UTF-8.</summary>
internal sealed class RowOrder : IComparer<IReadOnlyList<string?>>
{
    public static RowOrder Binary { get; } = new();

    public int Compare(IReadOnlyList<string?>? x, IReadOnlyList<string?>? y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        for (var i = 0; i < x.Count; i++)
        {
            var order = Compare(x[i], y[i]);
            if (order != 0)
                return order;
        }
        return 0;
    }

    /// <summary>Compares two values. Keys are sorted in the same order.</summary>
    public static int Compare(string? left, string? right) =>
        (left, right) switch
        {
            (null, null) => 0,
            (null, _) => -1,
            (_, null) => 1,
            var (one, other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)),
        };
}
