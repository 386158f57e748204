using System.Net.Http.Headers;

namespace KlaviyoExport.Klaviyo.Wire;

internal static class KlaviyoMedia
{
    public const string Type = "application/vnd.api+json";

    public static MediaTypeWithQualityHeaderValue Accepted { get; } = new(Type);

    public static MediaTypeHeaderValue Sent { get; } = new(Type);

    /// <summary>JSON:API's own type, or plain JSON, which Klaviyo's gateway uses for some refusals.</summary>
    public static bool IsJson(HttpContent content) => content.Headers.ContentType?.MediaType is Type or "application/json";
}
