using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>A complete response. The body is complete before it is sent, so that faults can truncate it and its length is known.</summary>
internal sealed record Answer(int Status, ReadOnlyMemory<byte> Body)
{
    public const string MediaType = "application/vnd.api+json";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public string ContentType { get; init; } = MediaType;

    /// <summary>The number of profiles, lists or IDs in the request or response, for the list of requests.</summary>
    public int? Count { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>The supported methods of the path, for status 405.</summary>
    public string? Allow { get; init; }

    public static Answer NoContent { get; } = new(204, default);

    public static Answer Json(int status, Action<Utf8JsonWriter> write, int? count = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
            write(json);
        return new Answer(status, buffer.WrittenMemory) { Count = count };
    }

    public static Answer Errors(params IReadOnlyList<ApiError> errors) =>
        Json(
            errors[0].Status,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("errors");
                foreach (var error in errors)
                    error.Write(json);
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
}
