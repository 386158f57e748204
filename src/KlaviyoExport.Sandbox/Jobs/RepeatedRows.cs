using System.Runtime.CompilerServices;
using System.Text.Json;
using KlaviyoExport.Sandbox.Profiles;

namespace KlaviyoExport.Sandbox.Jobs;

/// <summary>
/// Finds rows of an import that repeat an identifier of an earlier row. Klaviyo does not define their order, so they fail here.
/// </summary>
internal static class RepeatedRows
{
    private static readonly ConditionalWeakTable<ImportRequest, IReadOnlySet<int>> Known = [];

    public static IReadOnlySet<int> In(ImportRequest request) => Known.GetValue(request, Find);

    private static HashSet<int> Find(ImportRequest request)
    {
        var repeated = new HashSet<int>();
        var seen = new HashSet<string>();
        for (var i = 0; i < request.Profiles.Count; i++)
        {
            using var profile = JsonDocument.Parse(request.Profile(i));
            var attributes = profile.RootElement.GetProperty("attributes");
            foreach (var name in ProfileAttributes.Identifiers)
                if (
                    ProfileAttributes.Text(attributes, name) is { Length: > 0 } value
                    && !seen.Add($"{name}:{(name == "email" ? EmailRule.Normalise(value) : value)}")
                )
                    repeated.Add(i);
        }
        return repeated;
    }
}
