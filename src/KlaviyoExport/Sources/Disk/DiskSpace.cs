namespace KlaviyoExport.Sources.Disk;

/// <summary>The space on a disk, in bytes.</summary>
/// <param name="Free">The space that is free for this process.</param>
/// <param name="Total">The size of the disk.</param>
/// <param name="Reserve">The part that uploads and loads must leave free.</param>
public sealed record DiskSpace(long Free, long Total, long Reserve)
{
    /// <summary>Whether less than the reserve is free. Uploads and loads are then refused.</summary>
    public bool IsLow => Free < Reserve;

    /// <summary>The space that uploads and loads may use.</summary>
    public long Usable => Math.Max(0, Free - Reserve);
}

/// <summary>Reads the space of the disk that holds a directory.</summary>
/// <returns>The free bytes, and all bytes.</returns>
public delegate (long Free, long Total) ReadDiskSpace(string directory);
