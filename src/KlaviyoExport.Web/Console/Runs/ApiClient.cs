using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>Calls the HTTP API of a server: the parts that the console needs.</summary>
/// <param name="server">The address of the server, with its base path if it has one.</param>
/// <param name="token">A token of the API.</param>
internal sealed class ApiClient(Uri server, string token) : IDisposable
{
    // Longer than a server may hold back an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http = new()
    {
        BaseAddress = new Uri(server.AbsoluteUri.TrimEnd('/') + "/"),
        Timeout = Patience,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    public Task<Page<ApiExport>> ExportsAsync(string name, CancellationToken cancellationToken) =>
        GetAsync<Page<ApiExport>>($"exports?name={Uri.EscapeDataString(name)}", null, cancellationToken);

    public Task<ApiExport> ExportAsync(int id, CancellationToken cancellationToken) =>
        GetAsync<ApiExport>(Path($"exports/{id}"), null, cancellationToken);

    /// <summary>Starts a run. A request that is repeated after a fault of the network starts no second one.</summary>
    public Task<RunReport> StartAsync(int exportId, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/" + Path($"exports/{exportId}/runs"));
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        return SendAsync<RunReport>(request, cancellationToken);
    }

    /// <param name="wait">How long the server may hold back its answer while the run has not ended. Null to answer at once.</param>
    public Task<RunReport> RunAsync(int id, TimeSpan? wait, CancellationToken cancellationToken) =>
        GetAsync<RunReport>(Path($"runs/{id}"), wait, cancellationToken);

    public Task<Page<RunReport>> RunsAsync(int? exportId, int take, CancellationToken cancellationToken) =>
        GetAsync<Page<RunReport>>(
            Path($"runs?limit={take}") + (exportId is { } id ? Path($"&exportId={id}") : ""),
            null,
            cancellationToken
        );

    public Task<StatusReport> StatusAsync(CancellationToken cancellationToken) => GetAsync<StatusReport>("status", null, cancellationToken);

    /// <summary>Reads the configuration as a YAML file.</summary>
    public Task<string> ConfigurationAsync(CancellationToken cancellationToken) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "api/v1/configuration"),
            answer => answer.Content.ReadAsStringAsync(cancellationToken),
            cancellationToken
        );

    /// <summary>Plans or applies a YAML file.</summary>
    public Task<T> ConfigureAsync<T>(string path, string text, CancellationToken cancellationToken) =>
        SendAsync<T>(
            new HttpRequestMessage(HttpMethod.Post, "api/v1/" + path)
            {
                Content = new StringContent(text, Encoding.UTF8, "application/yaml"),
            },
            cancellationToken
        );

    public void Dispose() => _http.Dispose();

    private static string Path(FormattableString path) => path.ToString(CultureInfo.InvariantCulture);

    private Task<T> GetAsync<T>(string path, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/" + path);
        if (wait is { } longest)
            request.Headers.Add("Prefer", Path($"wait={(int)longest.TotalSeconds}"));
        return SendAsync<T>(request, cancellationToken);
    }

    /// <exception cref="ApiRefusedException">The server answers with an error.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, or its answer is not one of this API.</exception>
    private Task<T> SendAsync<T>(HttpRequestMessage message, CancellationToken cancellationToken) =>
        SendAsync(
            message,
            async answer =>
                await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancellationToken)
                ?? throw new HttpRequestException($"{server} has given an empty answer."),
            cancellationToken
        );

    /// <exception cref="ApiRefusedException">The server answers with an error.</exception>
    /// <exception cref="HttpRequestException">The server cannot be reached, or its answer is not one of this API.</exception>
    private async Task<T> SendAsync<T>(
        HttpRequestMessage message,
        Func<HttpResponseMessage, Task<T>> read,
        CancellationToken cancellationToken
    )
    {
        using var request = message;
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            if (!answer.IsSuccessStatusCode)
                throw await RefusedAsync(answer, cancellationToken);
            return await read(answer);
        }
        catch (JsonException fault)
        {
            throw new HttpRequestException($"{server} does not speak the API of Klaviyo Export.", fault);
        }
        catch (TaskCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{server} does not answer.", fault);
        }
    }

    private static async Task<ApiRefusedException> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var status = $"{(int)answer.StatusCode} {answer.ReasonPhrase}";
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<Problem>(JsonSerializerOptions.Web, cancellationToken);
            // The faults of a configuration file say more than the problem.
            var detail = problem?.Faults is { Count: > 0 } faults
                ? string.Join('\n', faults.Select(fault => Path($"{fault.Line}:{fault.Column}: {fault.Text}")))
                : problem?.Detail ?? problem?.Title ?? status;
            return new ApiRefusedException(answer.StatusCode, detail);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return new ApiRefusedException(answer.StatusCode, $"The server has answered {status}.");
        }
    }

    private sealed record Problem(string? Title, string? Detail, IReadOnlyList<FileFault>? Faults);

    private sealed record FileFault(int Line, int Column, string Text);
}

/// <summary>A page of a list of the HTTP API.</summary>
internal sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>What the console needs of an export.</summary>
internal sealed record ApiExport(int Id, string Name);
