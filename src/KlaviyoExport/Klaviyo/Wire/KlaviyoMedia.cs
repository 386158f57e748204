using System.Net.Http.Headers;

namespace KlaviyoExport.Klaviyo.Wire;

internal static class KlaviyoMedia
{
    public const string Type = "application/vnd.api+json";

    public static MediaTypeWithQualityHeaderValue Accepted { get; } = new(Type);

    public static MediaTypeHeaderValue Sent { get; } = new(Type);

    /// <summary>Returns whether the media type is that of JSON:API, or plain JSON, which Klaviyo's gateway uses for some errors.</summary>
    public static bool IsJson(HttpContent content) => content.Headers.ContentType?.MediaType is Type or "application/json";
}
