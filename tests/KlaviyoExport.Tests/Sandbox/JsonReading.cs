using System.Text.Json;

namespace KlaviyoExport.Tests.Sandbox;

internal static class JsonReading
{
    public static IEnumerable<JsonElement> Data(this JsonElement answer) => answer.GetProperty("data").EnumerateArray();

    public static IEnumerable<string> Ids(this JsonElement answer) => answer.Data().Select(d => d.GetProperty("id").GetString()!);

    public static string? Text(this JsonElement resource, string attribute) =>
        resource.GetProperty("attributes").GetProperty(attribute).GetString();

    public static string? Next(this JsonElement answer) =>
        answer.GetProperty("links").TryGetProperty("next", out var next) ? next.GetString() : null;

    public static JsonElement Error(this JsonElement answer) => answer.GetProperty("errors")[0];

    public static IEnumerable<string?> Pointers(this JsonElement answer) =>
        answer
            .GetProperty("errors")
            .EnumerateArray()
            .Select(e => e.GetProperty("source").TryGetProperty("pointer", out var pointer) ? pointer.GetString() : null);
}
