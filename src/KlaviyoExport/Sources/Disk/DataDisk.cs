using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Disk;

/// <summary>
/// The disk of the data directory. A reserve is kept free for the store, so that uploads and loads stop before runs do.
/// </summary>
public sealed class DataDisk(IOptions<StoreOptions> store, IOptions<DiskOptions> options, ReadDiskSpace read)
{
    private const long DefaultReserve = 1L << 30;

    /// <summary>Returns the space on the disk. Null when it is unknown, as on some network file systems.</summary>
    public DiskSpace? Look()
    {
        try
        {
            var (free, total) = read(store.Value.DataDirectory);
            return new DiskSpace(free, total, options.Value.Reserve ?? Math.Min(DefaultReserve, total / 20));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Demands that the reserve is free.</summary>
    /// <exception cref="SourceException">It is not. The message says how much is free.</exception>
    internal void DemandReserve()
    {
        if (Look() is { IsLow: true } space)
            throw new SourceException(SourceFault.DiskReserved(space));
    }

    internal static (long Free, long Total) Read(string directory)
    {
        var drive = new DriveInfo(directory);
        return (drive.AvailableFreeSpace, drive.TotalSize);
    }
}
