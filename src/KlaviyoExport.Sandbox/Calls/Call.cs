using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Calls;

/// <summary>One endpoint of Klaviyo's API.</summary>
/// <param name="Id">Klaviyo's operation id.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path with <c>{name}</c> placeholders.</param>
/// <param name="Quota">Its limits.</param>
/// <param name="Scopes">The scopes that the key or token must have.</param>
/// <param name="Query">Its query parameters.</param>
/// <param name="Handle">Does the work, holding the state's lock.</param>
internal sealed record Call(
    string Id,
    string Method,
    string Path,
    Quota Quota,
    IReadOnlyList<string> Scopes,
    QueryRules Query,
    Func<CallContext, Answer> Handle
)
{
    private readonly string[] _segments = Path.Split('/');

    /// <summary>The maximum body size in bytes. Null when the call has no body.</summary>
    public int? MaxBody { get; init; }

    /// <summary>The additional field that reduces the limits of the call.</summary>
    public (string Parameter, string Value, Quota Quota)? Dearer { get; init; }

    /// <summary>Returns the values of the path's placeholders. Null for another path.</summary>
    public Dictionary<string, string>? Match(string path)
    {
        var given = path.TrimEnd('/').Split('/');
        if (given.Length != _segments.Length)
            return null;
        var values = new Dictionary<string, string>();
        for (var i = 0; i < given.Length; i++)
        {
            if (_segments[i].StartsWith('{'))
                values[_segments[i][1..^1]] = Uri.UnescapeDataString(given[i]);
            else if (_segments[i] != given[i])
                return null;
        }
        return values;
    }

    /// <summary>Returns the quota of a request and its limits.</summary>
    public (string Endpoint, Quota Quota) Window(IQueryCollection query) =>
        Dearer is { } dearer && query[dearer.Parameter].Any(v => v?.Split(',').Contains(dearer.Value) ?? false)
            ? ($"{Id}+{dearer.Value}", dearer.Quota)
            : (Id, Quota);
}
