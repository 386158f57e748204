namespace KlaviyoExport.People;

/// <summary>Thrown when a permission rule denies a request. Nothing was changed.</summary>
public sealed class NotAllowedException() : LocalizedException(new LocalizedMessage("People.NotAllowed"));
