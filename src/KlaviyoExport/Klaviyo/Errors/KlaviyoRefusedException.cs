namespace KlaviyoExport.Klaviyo;

/// <summary>A refusal in the midst of an enumeration, where there is no answer to carry it.</summary>
public sealed class KlaviyoRefusedException(KlaviyoRefusal refusal) : Exception($"Klaviyo refused: {refusal}")
{
    public KlaviyoRefusal Refusal { get; } = refusal;
}
