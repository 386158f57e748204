namespace KlaviyoExport;

/// <summary>Thrown when a request of a person cannot be carried out. Nothing was saved. The message tells the person what to do.</summary>
public class LocalizedException(LocalizedMessage message) : Exception(message.ToString())
{
    public LocalizedMessage LocalizedMessage { get; } = message;
}
