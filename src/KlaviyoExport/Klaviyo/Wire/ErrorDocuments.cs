using System.Text.Json;

namespace KlaviyoExport.Klaviyo.Wire;

internal sealed record ErrorDocument(IReadOnlyList<ErrorObject> Errors);

/// <summary>An error object of JSON:API.</summary>
/// <param name="Status">The HTTP status. Klaviyo returns a number, and JSON:API requires a string. Both are accepted.</param>
internal sealed record ErrorObject(
    string Code,
    string? Id = null,
    JsonElement Status = default,
    string? Title = null,
    string? Detail = null,
    ErrorSource? Source = null
);

internal sealed record ErrorSource(string? Pointer = null, string? Parameter = null);

/// <summary>The attributes of an import error.</summary>
/// <param name="OriginalPayload">The part of the request about this profile: its attributes, or the resource that contains them.</param>
internal sealed record ImportErrorAttributes(
    string Code,
    string Title,
    string Detail,
    ErrorSource? Source = null,
    JsonElement OriginalPayload = default
);
