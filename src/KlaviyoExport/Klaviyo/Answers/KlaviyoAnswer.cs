using System.Diagnostics.CodeAnalysis;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Klaviyo's answer to one call: what was asked for, or why Klaviyo refused. An outage is neither, it is a <see
/// cref="KlaviyoUnavailableException"/>.
/// </summary>
public sealed record KlaviyoAnswer<T>
{
    internal KlaviyoAnswer(T? value, KlaviyoRefusal? refusal) => (Value, Refusal) = (value, refusal);

    public T? Value { get; }

    public KlaviyoRefusal? Refusal { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Refusal is null;

    /// <summary>The value, where a refusal would be as exceptional as an outage.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused.</exception>
    public T ValueOrThrow() => Succeeded ? Value : throw new KlaviyoRefusedException(Refusal);
}

internal static class KlaviyoAnswer
{
    public static KlaviyoAnswer<T> Given<T>(T value) => new(value, null);

    public static KlaviyoAnswer<T> Refused<T>(KlaviyoRefusal refusal) => new(default, refusal);
}
