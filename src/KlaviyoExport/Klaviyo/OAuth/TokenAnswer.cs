using System.Text.Json.Serialization;

namespace KlaviyoExport.Klaviyo.OAuth;

/// <summary>The token endpoint's answer, RFC 6749, section 5.1.</summary>
internal sealed record TokenAnswer(
    string AccessToken,
    string? TokenType = null,
    long? ExpiresIn = null,
    string? RefreshToken = null,
    string? Scope = null
);

/// <summary>Its refusal, section 5.2; the description is Klaviyo's and is neither shown nor logged.</summary>
internal sealed record TokenError(string Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    GenerationMode = JsonSourceGenerationMode.Metadata
)]
[JsonSerializable(typeof(TokenAnswer))]
[JsonSerializable(typeof(TokenError))]
internal sealed partial class OAuthJson : JsonSerializerContext;
