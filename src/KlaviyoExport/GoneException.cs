namespace KlaviyoExport;

/// <summary>Thrown when the item that a caller named by its id does not exist, or no longer exists. Nothing was changed.</summary>
public class GoneException(LocalizedMessage message) : LocalizedException(message);
