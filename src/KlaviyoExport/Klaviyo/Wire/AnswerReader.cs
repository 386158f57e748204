using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace KlaviyoExport.Klaviyo.Wire;

internal static class AnswerReader
{
    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw Unreadable(response, null);
        }
        catch (JsonException wrong)
        {
            // The exception's message may quote the response. Keep only the path of the invalid value.
            throw Unreadable(response, wrong.Path);
        }
    }

    public static KlaviyoUnavailableException Unreadable(HttpResponseMessage response, string? at = null) =>
        new(
            UnavailableReason.UnreadableAnswer,
            $"The answer was not one of Klaviyo's: status {(int)response.StatusCode}, media type "
                + $"{response.Content.Headers.ContentType?.MediaType ?? "none"}"
                + (at is null ? "." : $", unexpected at {at}.")
        )
        {
            Status = (int)response.StatusCode,
        };
}
