using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport.Sandbox.Faults;

/// <summary>One thing to go wrong, and where. Whatever is left null matches everything.</summary>
public sealed record Fault(FaultKind Kind)
{
    internal static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };

    /// <summary>How often it strikes; null until cleared.</summary>
    public int? Times { get; init; }

    /// <summary>How many matching requests (or jobs) pass unharmed first.</summary>
    public int After { get; init; }

    /// <summary>Klaviyo's operation id, such as <c>bulk_import_profiles</c>.</summary>
    public string? Call { get; init; }

    public string? Method { get; init; }

    /// <summary>How the path begins, such as <c>/oauth/token</c>.</summary>
    public string? Path { get; init; }

    /// <summary>For <see cref="FaultKind.Status"/>.</summary>
    public int Status { get; init; } = 500;

    /// <summary>Seconds to put into <c>Retry-After</c>; null sends none.</summary>
    public int? RetryAfter { get; init; }

    public int DelayMs { get; init; }

    public int Amount { get; init; } = 1;

    public string? Email { get; init; }

    /// <summary>One pointer, or several with a space between them: an error for each.</summary>
    public string? PointsAt { get; init; }

    public string? Key { get; init; }

    /// <summary>The account a list or quota belongs to; the first one when null.</summary>
    public string? Account { get; init; }

    public string? List { get; init; }

    internal bool Hits(string? call, string method, string path) =>
        (Call is null || Call == call)
        && (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && (Path is null || path.StartsWith(Path, StringComparison.OrdinalIgnoreCase));
}
