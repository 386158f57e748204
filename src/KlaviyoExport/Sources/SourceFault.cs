namespace KlaviyoExport.Sources;

/// <summary>What is the matter with a source, as far as anybody decides by it.</summary>
public enum SourceFaultKind
{
    /// <summary>Only a person can mend it.</summary>
    Lasting,

    /// <summary>Somebody is writing to the file, or the server has no connection, memory or time to spare.</summary>
    Busy,

    /// <summary>A file changed while it was read; it may be of two states.</summary>
    ChangedWhileRead,

    /// <summary>Nobody answers for the server's name, or the server refuses the connection.</summary>
    Refused,

    /// <summary>Nothing comes back from the server.</summary>
    Unreachable,

    /// <summary>The connection broke, or the server is shutting down.</summary>
    Gone,

    /// <summary>A statement, or the way to the server, took longer than the source allows.</summary>
    TimedOut,
}

/// <summary>Why a source cannot be read.</summary>
/// <param name="Message">For people, with what to do.</param>
public sealed record SourceFault(SourceFaultKind Kind, LocalizedMessage Message)
{
    /// <summary>Whether it can be read a little later without anybody doing anything.</summary>
    public bool IsTransient => Kind != SourceFaultKind.Lasting;

    public static implicit operator SourceFault(LocalizedMessage message) => new(SourceFaultKind.Lasting, message);

    internal static SourceFault DatabaseBusy(string name) => new(SourceFaultKind.Busy, new LocalizedMessage("Sources.DatabaseBusy", name));

    internal static SourceFault ServerBusy(string name) => new(SourceFaultKind.Busy, new LocalizedMessage("Sources.ServerBusy", name));

    internal static SourceFault ChangedWhileRead(string name) =>
        new(SourceFaultKind.ChangedWhileRead, new LocalizedMessage("Sources.ChangedWhileRead", name));

    internal static SourceFault HostUnknown(string host) => new(SourceFaultKind.Refused, new LocalizedMessage("Sources.HostUnknown", host));

    internal static SourceFault HostUnreachable(string host, int port) =>
        new(SourceFaultKind.Unreachable, new LocalizedMessage("Sources.HostUnreachable", host, port));

    internal static SourceFault ConnectionRefused(string host, int port) =>
        new(SourceFaultKind.Refused, new LocalizedMessage("Sources.ConnectionRefused", host, port));

    internal static SourceFault ServerGone(string name) => new(SourceFaultKind.Gone, new LocalizedMessage("Sources.ServerGone", name));

    internal static SourceFault TimedOut(string name, TimeSpan after) =>
        new(SourceFaultKind.TimedOut, new LocalizedMessage("Sources.StatementTimedOut", name, (long)after.TotalSeconds));
}
