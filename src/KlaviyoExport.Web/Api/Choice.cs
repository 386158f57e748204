using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace KlaviyoExport.Web.Api;

/// <summary>A value of an enumeration in a query, written as in the JSON of the API: in camel case.</summary>
internal readonly record struct Choice<T>(T Value)
    where T : struct, Enum
{
    /// <summary>The values as they are written in a request.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    [SuppressMessage("Design", "CA1000", Justification = "ASP.NET Core binds parameters with this method.")]
    public static bool TryParse(string? text, out Choice<T> choice)
    {
        // Numbers would parse too.
        var isKnown = Names.Contains(text, StringComparer.OrdinalIgnoreCase);
        choice = new(isKnown ? Enum.Parse<T>(text!, ignoreCase: true) : default);
        return isKnown;
    }
}
