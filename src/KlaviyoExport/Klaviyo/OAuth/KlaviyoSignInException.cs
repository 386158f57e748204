namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>Klaviyo will not give tokens for what it was shown; asking again the same way would get the same answer.</summary>
public sealed class KlaviyoSignInException(KlaviyoSignInRefusal refusal)
    : Exception($"Klaviyo gives no tokens: {refusal.Error} ({refusal.Status})")
{
    public KlaviyoSignInRefusal Refusal { get; } = refusal;
}

/// <summary>An error of RFC 6749, section 5.2.</summary>
/// <param name="Error">Lower-case letters and underscores only; "unknown" for anything else.</param>
public sealed record KlaviyoSignInRefusal(int Status, string Error)
{
    /// <summary>The code or refresh token is used, expired, revoked or not this app's.</summary>
    public bool IsSpent => Error == "invalid_grant";

    /// <summary>The app itself is not accepted: a wrong id or secret, or it was taken away.</summary>
    public bool IsOfApp => Error is "invalid_client" or "unauthorized_client";

    /// <summary>An error code as it came over the wire, fit to be stored and shown.</summary>
    public static string Known(string? error) =>
        error is { Length: > 0 and <= 40 } && error.All(c => c is (>= 'a' and <= 'z') or '_') ? error : "unknown";
}
