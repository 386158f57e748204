using System.ComponentModel.DataAnnotations;

namespace KlaviyoExport.Web.Api;

/// <summary>Section <c>Api</c>: the HTTP API for programs.</summary>
public sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>Whether the API responds. Nobody can use it without a token.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The maximum number of requests that each token may send per minute to one server.</summary>
    [Range(1, 100_000)]
    public int RequestsPerMinute { get; set; } = 600;
}
