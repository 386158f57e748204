using System.Text.Json;

namespace KlaviyoExport.Tests.Sandbox;

/// <summary>Request bodies of imports.</summary>
internal static class Imports
{
    public static string Of(string? list, params IEnumerable<string> emails) =>
        WithAttributes(list, emails.Select(e => (object)new { email = e }));

    public static string WithAttributes(string? list, params IEnumerable<object> attributes) =>
        Raw(list, attributes.Select(a => $$"""{"type":"profile","attributes":{{JsonSerializer.Serialize(a)}}}"""));

    public static string Raw(string? list, params IEnumerable<string> profiles)
    {
        var relationships = list is null ? "" : $$$""","relationships":{"lists":{"data":[{"type":"list","id":"{{{list}}}"}]}}""";
        return $$$"""{"data":{"type":"profile-bulk-import-job","attributes":{"profiles":{"data":[{{{string.Join(',', profiles)}}}]}}{{{relationships}}}}}""";
    }

    public static IEnumerable<string> Emails(int count) => Enumerable.Range(0, count).Select(i => $"person{i}@example.org");
}
