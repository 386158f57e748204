using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery.LookAhead;

/// <summary>Counts the batches that profiles fill, as <see cref="PreparedWriter"/> fills them.</summary>
internal sealed class BatchCount(string listId, DeliveryOptions options)
{
    private int _rows;
    private long _bytes;
    private long _allRows;
    private long _allBytes;

    /// <summary>The number of batches.</summary>
    public long Batches { get; private set; }

    public void Add(BatchRow row)
    {
        if (Batches == 0 || !options.HasRoom(listId, _rows, _bytes, row.Json.Length))
        {
            Batches++;
            (_rows, _bytes) = (0, 0);
        }
        _rows++;
        _bytes += row.Json.Length;
        _allRows++;
        _allBytes += row.Json.Length;
    }

    /// <summary>Returns the number of batches if there were more profiles of the same size.</summary>
    public long ScaledTo(long rows) =>
        _allRows == 0 || rows == 0
            ? 0
            : (long)
                Math.Ceiling(
                    Math.Max(
                        rows / (double)KlaviyoLimits.ProfilesPerImport,
                        rows * ((_allBytes / (double)_allRows) + 1) / KlaviyoLimits.ImportBytes
                    )
                );
}
