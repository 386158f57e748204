using KlaviyoExport.People;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Disk;

/// <summary>
/// Counts the bytes that each person uploads in a day (UTC) to this server. The counts are in memory, so a restart sets them back.
/// </summary>
internal sealed class UploadQuota(IOptions<SourceOptions> options, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _bytes = [];
    private DateOnly _day;

    /// <summary>Counts bytes that were received.</summary>
    /// <exception cref="SourceException">The person has uploaded more than is permitted in a day.</exception>
    public void Count(Actor actor, int bytes)
    {
        lock (_lock)
        {
            var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
            if (_day != today)
            {
                _day = today;
                _bytes.Clear();
            }
            var total = _bytes.GetValueOrDefault(actor.Id) + bytes;
            if (total > options.Value.MaxUploadBytesPerDay)
                throw new SourceException(new LocalizedMessage("Sources.UploadQuota", options.Value.MaxUploadBytesPerDay));
            _bytes[actor.Id] = total;
        }
    }
}
