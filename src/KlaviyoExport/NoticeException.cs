namespace KlaviyoExport;

/// <summary>A request that a person made and that cannot be carried out; nothing of it was kept. The notice says what to do.</summary>
public class NoticeException(Notice notice) : Exception(notice.ToString())
{
    public Notice Notice { get; } = notice;
}
