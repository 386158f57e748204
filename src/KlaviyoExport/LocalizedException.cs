namespace KlaviyoExport;

/// <summary>A request that a person made and that cannot be carried out; nothing of it was kept. The message says what to do.</summary>
public class LocalizedException(LocalizedMessage message) : Exception(message.ToString())
{
    public LocalizedMessage LocalizedMessage { get; } = message;
}
