namespace KlaviyoExport.Sources;

/// <summary>A source, or a field of it, cannot be read. The notice says which and what to do.</summary>
public sealed class SourceException(Notice notice) : NoticeException(notice)
{
    /// <summary>Whether it can be read a little later, without anybody doing anything: somebody was writing to it, or a server or the way to it was down.</summary>
    public bool MayPass => Notice.Code is "Sources.DatabaseBusy" or "Sources.ChangedWhileRead" or "Sources.HostUnknown" or "Sources.HostUnreachable"
        or "Sources.ConnectionRefused" or "Sources.ServerBusy" or "Sources.ServerGone" or "Sources.StatementTimedOut";
}
