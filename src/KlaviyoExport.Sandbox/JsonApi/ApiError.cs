using System.Globalization;
using System.Text.Json;

namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>
/// An entry of the <c>errors</c> array, in the form that Klaviyo actually sends: <c>status</c> is a number, and <c>links</c> and
/// <c>meta</c> are always present.
/// </summary>
internal sealed record ApiError(int Status, string Code, string Title, string Detail)
{
    /// <summary>A JSON pointer into the request body. An error has either this or <see cref="Parameter"/>.</summary>
    public string? Pointer { get; init; }

    /// <summary>The invalid query parameter or header.</summary>
    public string? Parameter { get; init; }

    /// <summary>For status 409: the profile that already has the identifier.</summary>
    public string? DuplicateProfileId { get; init; }

    public static ApiError Invalid(string detail, string pointer) => new(400, "invalid", "Invalid input.", detail) { Pointer = pointer };

    public static ApiError InvalidParameter(string detail, string parameter) =>
        new(400, "invalid", "Invalid input.", detail) { Parameter = parameter };

    public static ApiError NotFound(string detail, string pointer = "/data/") =>
        new(404, "not_found", "Not found.", detail) { Pointer = pointer };

    public static ApiError Throttled(int seconds) =>
        new(
            429,
            "throttled",
            "Request was throttled.",
            string.Create(
                CultureInfo.InvariantCulture,
                $"Request was throttled. Expected available in {seconds} second{(seconds == 1 ? "" : "s")}."
            )
        )
        {
            Pointer = "/data/",
        };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id", Guid.NewGuid());
        json.WriteNumber("status", Status);
        json.WriteString("code", Code);
        json.WriteString("title", Title);
        json.WriteString("detail", Detail);
        json.WriteStartObject("source");
        if (Pointer is not null)
            json.WriteString("pointer", Pointer);
        if (Parameter is not null)
            json.WriteString("parameter", Parameter);
        json.WriteEndObject();
        json.WriteStartObject("links");
        json.WriteEndObject();
        json.WriteStartObject("meta");
        if (DuplicateProfileId is not null)
            json.WriteString("duplicate_profile_id", DuplicateProfileId);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
