namespace KlaviyoExport.People;

/// <summary>A permission rule said no. Nothing was changed.</summary>
public sealed class NotAllowedException() : LocalizedException(new LocalizedMessage("People.NotAllowed"));
