using KlaviyoExport.Sources.Disk;

namespace KlaviyoExport.Sources;

/// <summary>The kinds of source faults, for decisions in code.</summary>
public enum SourceFaultKind
{
    /// <summary>A person must correct something.</summary>
    Lasting,

    /// <summary>
    /// Another program is writing to the file, the server is out of connections, memory or time, or the disk is full.
    /// </summary>
    Busy,

    /// <summary>A file was changed while it was read.</summary>
    ChangedWhileRead,

    /// <summary>The name of the server is unknown, or the server refuses the connection.</summary>
    Refused,

    /// <summary>The server does not respond.</summary>
    Unreachable,

    /// <summary>The connection broke, or the server is shutting down.</summary>
    Gone,

    /// <summary>The vault with the password of the source does not respond.</summary>
    SecretUnavailable,

    /// <summary>A statement or a connection attempt took longer than allowed.</summary>
    TimedOut,
}

/// <summary>The reason why a source cannot be read.</summary>
/// <param name="Message">For people, with what to do.</param>
public sealed record SourceFault(SourceFaultKind Kind, LocalizedMessage Message)
{
    /// <summary>Whether a retry may succeed without any correction.</summary>
    public bool IsTransient => Kind != SourceFaultKind.Lasting;

    public static implicit operator SourceFault(LocalizedMessage message) => new(SourceFaultKind.Lasting, message);

    internal static SourceFault DatabaseBusy(string name) => new(SourceFaultKind.Busy, new LocalizedMessage("Sources.DatabaseBusy", name));

    internal static SourceFault ServerBusy(string name) => new(SourceFaultKind.Busy, new LocalizedMessage("Sources.ServerBusy", name));

    internal static SourceFault ChangedWhileRead(string name) =>
        new(SourceFaultKind.ChangedWhileRead, new LocalizedMessage("Sources.ChangedWhileRead", name));

    internal static SourceFault HostUnknown(string host) => new(SourceFaultKind.Refused, new LocalizedMessage("Sources.HostUnknown", host));

    internal static SourceFault HostUnreachable(string host, int port) =>
        new(SourceFaultKind.Unreachable, new LocalizedMessage("Sources.HostUnreachable", host, port));

    /// <summary>The server closed the connection before the sign-in: another kind of server answers there, or it is stopping.</summary>
    internal static SourceFault HostClosed(string host, int port) =>
        new(SourceFaultKind.Gone, new LocalizedMessage("Sources.HostClosed", host, port));

    internal static SourceFault ConnectionRefused(string host, int port) =>
        new(SourceFaultKind.Refused, new LocalizedMessage("Sources.ConnectionRefused", host, port));

    internal static SourceFault StoreRefused(string host, int port) =>
        new(SourceFaultKind.Refused, new LocalizedMessage("Sources.StoreRefused", host, port));

    internal static SourceFault Silent(string name, TimeSpan after) =>
        new(SourceFaultKind.TimedOut, new LocalizedMessage("Sources.StoreSilent", name, (long)after.TotalSeconds));

    /// <summary>The disk of the data directory is full.</summary>
    internal static SourceFault DiskFull() => new(SourceFaultKind.Busy, new LocalizedMessage("Sources.DiskFull"));

    /// <param name="needed">The number of bytes that are needed.</param>
    /// <param name="usable">The number of bytes that sources may use.</param>
    internal static SourceFault DiskTooSmall(long needed, long usable) =>
        new(SourceFaultKind.Busy, new LocalizedMessage("Sources.DiskTooSmall", needed, usable));

    /// <summary>Only what must stay free for runs is left on the disk of the data directory.</summary>
    internal static SourceFault DiskReserved(DiskSpace space) =>
        new(SourceFaultKind.Busy, new LocalizedMessage("Sources.DiskReserved", Gigabytes(space.Free), Gigabytes(space.Reserve)));

    private static decimal Gigabytes(long bytes) => bytes / 1_000_000_000m;

    internal static SourceFault ServerGone(string name) => new(SourceFaultKind.Gone, new LocalizedMessage("Sources.ServerGone", name));

    /// <summary>The disk is full where rows are sorted.</summary>
    internal static SourceFault NoRoomToSort(string name, string folder) =>
        new(SourceFaultKind.Busy, new LocalizedMessage("Sources.NoRoomToSort", name, folder));

    internal static SourceFault TimedOut(string name, TimeSpan after) =>
        new(SourceFaultKind.TimedOut, new LocalizedMessage("Sources.StatementTimedOut", name, (long)after.TotalSeconds));
}
