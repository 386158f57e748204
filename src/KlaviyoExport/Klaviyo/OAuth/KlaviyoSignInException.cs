namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>
/// Thrown when Klaviyo refuses a request to the token or revocation endpoint. The same request would be refused again.
/// </summary>
public sealed class KlaviyoSignInException(KlaviyoSignInRefusal refusal)
    : Exception($"Klaviyo gives no tokens: {refusal.Error} ({refusal.Status})")
{
    /// <summary>Klaviyo's error.</summary>
    public KlaviyoSignInRefusal Refusal { get; } = refusal;
}

/// <summary>An OAuth error (RFC 6749, section 5.2).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The error code. It has only lower-case letters and underscores. "unknown" for any other code.</param>
public sealed record KlaviyoSignInRefusal(int Status, string Error)
{
    /// <summary>Whether the code or refresh token is used up, expired, revoked or from another app.</summary>
    public bool IsSpent => Error == "invalid_grant";

    /// <summary>Whether Klaviyo does not accept the app, because its id or secret is wrong or the app was removed.</summary>
    public bool IsOfApp => Error is "invalid_client" or "unauthorized_client";

    /// <summary>
    /// Returns an error code that is safe to store and show: the received code when it has 1 to 40 lower-case letters and underscores,
    /// otherwise "unknown".
    /// </summary>
    public static string Known(string? error) =>
        error is { Length: > 0 and <= 40 } && error.All(c => c is (>= 'a' and <= 'z') or '_') ? error : "unknown";
}
