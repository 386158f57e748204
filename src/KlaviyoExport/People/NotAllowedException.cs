namespace KlaviyoExport.People;

/// <summary>A permission rule said no. Nothing was changed.</summary>
public sealed class NotAllowedException() : NoticeException(new Notice("People.NotAllowed"));
