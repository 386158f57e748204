using System.Text.Json;
using System.Text.Json.Serialization;

namespace KlaviyoExport.Sandbox.Faults;

/// <summary>A fault, and what it affects. Properties that are null match everything.</summary>
public sealed record Fault(FaultKind Kind)
{
    internal static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web)
        {
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };

    /// <summary>How many times it occurs. Null to occur until it is cleared.</summary>
    public int? Times { get; init; }

    /// <summary>How many matching requests (or jobs) are unaffected first.</summary>
    public int After { get; init; }

    /// <summary>Klaviyo's operation id, such as <c>bulk_import_profiles</c>.</summary>
    public string? Call { get; init; }

    public string? Method { get; init; }

    /// <summary>The start of the path, such as <c>/oauth/token</c>.</summary>
    public string? Path { get; init; }

    /// <summary>A part of the query, decoded, such as an email address of a filter.</summary>
    public string? Query { get; init; }

    /// <summary>For <see cref="FaultKind.Status"/>.</summary>
    public int Status { get; init; } = 500;

    /// <summary>The value of <c>Retry-After</c> in seconds. Null to send none.</summary>
    public int? RetryAfter { get; init; }

    public int DelayMs { get; init; }

    public int Amount { get; init; } = 1;

    public string? Email { get; init; }

    /// <summary>One or more pointers, separated by spaces. Each becomes an error.</summary>
    public string? PointsAt { get; init; }

    public string? Key { get; init; }

    /// <summary>The account of the list or quota. Null for the first one.</summary>
    public string? Account { get; init; }

    public string? List { get; init; }

    internal bool Hits(string? call, string method, string path, string query) =>
        (Call is null || Call == call)
        && (Method is null || Method.Equals(method, StringComparison.OrdinalIgnoreCase))
        && (Path is null || path.StartsWith(Path, StringComparison.OrdinalIgnoreCase))
        && (Query is null || Uri.UnescapeDataString(query).Contains(Query, StringComparison.OrdinalIgnoreCase));
}
