namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Thrown when Klaviyo refuses a call and the method does not return a <see cref="KlaviyoAnswer{T}"/>, for example while reading pages.
/// </summary>
public sealed class KlaviyoRefusedException(KlaviyoRefusal refusal) : Exception($"Klaviyo refused: {refusal}")
{
    public KlaviyoRefusal Refusal { get; } = refusal;
}
