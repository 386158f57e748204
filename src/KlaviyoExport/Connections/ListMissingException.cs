namespace KlaviyoExport.Connections;

/// <summary>The connection's Klaviyo account has no such list.</summary>
public sealed class ListMissingException(Notice notice) : NoticeException(notice);
