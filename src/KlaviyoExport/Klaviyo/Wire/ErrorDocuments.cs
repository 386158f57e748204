using System.Text.Json;

namespace KlaviyoExport.Klaviyo.Wire;

internal sealed record ErrorDocument(IReadOnlyList<ErrorObject> Errors);

/// <param name="Status">A number in Klaviyo's answers, a string in JSON:API; read as either.</param>
internal sealed record ErrorObject(
    string Code,
    string? Id = null,
    JsonElement Status = default,
    string? Title = null,
    string? Detail = null,
    ErrorSource? Source = null
);

internal sealed record ErrorSource(string? Pointer = null, string? Parameter = null);

/// <param name="OriginalPayload">What was sent for this profile: its attributes, or the whole resource around them.</param>
internal sealed record ImportErrorAttributes(
    string Code,
    string Title,
    string Detail,
    ErrorSource? Source = null,
    JsonElement OriginalPayload = default
);
