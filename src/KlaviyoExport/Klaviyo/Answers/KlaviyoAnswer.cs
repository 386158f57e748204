using System.Diagnostics.CodeAnalysis;

namespace KlaviyoExport.Klaviyo;

/// <summary>
/// The result of one call: a value, or the reason why Klaviyo refused. An outage is not a result, it throws
/// <see cref="KlaviyoUnavailableException"/>.
/// </summary>
public sealed record KlaviyoAnswer<T>
{
    internal KlaviyoAnswer(T? value, KlaviyoRefusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>The value of a successful call. The default of the type when Klaviyo refused.</summary>
    public T? Value { get; }

    /// <summary>The reason why Klaviyo refused. Null when the call succeeded.</summary>
    public KlaviyoRefusal? Refusal { get; }

    /// <summary>Whether the call succeeded.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool Succeeded => Refusal is null;

    /// <summary>Returns the value. For callers that treat a refusal as an error.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused.</exception>
    public T ValueOrThrow() => Succeeded ? Value : throw new KlaviyoRefusedException(Refusal);
}

internal static class KlaviyoAnswer
{
    public static KlaviyoAnswer<T> Given<T>(T value) => new(value, null);

    public static KlaviyoAnswer<T> Refused<T>(KlaviyoRefusal refusal) => new(default, refusal);
}
