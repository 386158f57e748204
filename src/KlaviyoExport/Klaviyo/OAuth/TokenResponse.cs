using System.Text.Json.Serialization;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>A successful response of the token endpoint (RFC 6749, section 5.1).</summary>
internal sealed record TokenResponse(
    string AccessToken,
    string? TokenType = null,
    long? ExpiresIn = null,
    string? RefreshToken = null,
    string? Scope = null
);

/// <summary>
/// An error response of the token endpoint (RFC 6749, section 5.2). The description is not read, so it cannot be shown or logged.
/// </summary>
internal sealed record TokenError(string Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    GenerationMode = JsonSourceGenerationMode.Metadata
)]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(TokenError))]
internal sealed partial class OAuthJson : JsonSerializerContext;
