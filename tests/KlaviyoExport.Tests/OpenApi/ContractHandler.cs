using System.Web;

namespace KlaviyoExport.Tests.OpenApi;

/// <summary>
/// A handler of an HttpClient that checks every request and every answer with Klaviyo's description. A call that is not described is a
/// fault too.
/// </summary>
public sealed class ContractHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly List<string> _faults = [];

    /// <summary>The faults found. Empty if the slices are not available.</summary>
    public IReadOnlyList<string> Faults
    {
        get
        {
            lock (_faults)
                return [.. _faults];
        }
    }

    /// <summary>How many exchanges were checked.</summary>
    public int Checked { get; private set; }

    /// <summary>False when a test sends faulty requests on purpose and only the answers count.</summary>
    public bool CheckRequests { get; init; } = true;

    /// <summary>Method and path of calls that have no description and are not checked.</summary>
    public IReadOnlyList<string> Undescribed { get; init; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is not null)
            await request.Content.LoadIntoBufferAsync(cancellationToken);
        var sent = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var response = await base.SendAsync(request, cancellationToken);
        if (!OpenApiSlices.Available)
            return response;
        var uri = request.RequestUri!;
        if (OpenApiSlices.Find(request.Method.Method, uri.AbsolutePath) is not { } slice)
        {
            var call = $"{request.Method} {uri.AbsolutePath}";
            if (!Undescribed.Contains(call))
                Add([$"{call}: not described"]);
            return response;
        }
        var query = HttpUtility.ParseQueryString(uri.Query);
        var parameters = query.AllKeys.OfType<string>().ToDictionary(key => key, key => query[key]!);
        if (CheckRequests)
            Add(slice.ValidateRequest(parameters, Headers(request), sent).Select(f => $"{slice.Id} request: {f}"));
        await response.Content.LoadIntoBufferAsync(cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        Add(
            slice
                .ValidateResponse(
                    (int)response.StatusCode,
                    response.Content.Headers.ContentType?.MediaType,
                    answer,
                    sparse: parameters.Keys.Any(k => k.StartsWith("fields[", StringComparison.Ordinal))
                )
                .Select(f => $"{slice.Id} {(int)response.StatusCode}: {f}")
        );
        lock (_faults)
            Checked++;
        return response;
    }

    private static Dictionary<string, string> Headers(HttpRequestMessage request) =>
        request
            .Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => string.Join(", ", h.Value));

    private void Add(IEnumerable<string> found)
    {
        lock (_faults)
            _faults.AddRange(found);
    }
}
