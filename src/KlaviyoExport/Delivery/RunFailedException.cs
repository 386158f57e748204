namespace KlaviyoExport.Delivery;

/// <summary>The run cannot end well, and trying again would not help: the notice says what a person must mend.</summary>
internal sealed class RunFailedException(Notice notice) : NoticeException(notice);
