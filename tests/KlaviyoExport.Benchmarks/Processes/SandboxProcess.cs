using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Benchmarks.Processes;

/// <summary>
/// The sandbox in a process of its own, with its rate limits on. It keeps everything in memory, and the requests of a whole benchmark.
/// </summary>
internal sealed partial class SandboxProcess : IAsyncDisposable
{
    /// <summary>The list that is filled. It is empty at first.</summary>
    public const string List = "Summ3r";

    /// <summary>The list of the warm-up.</summary>
    public const string WarmUpList = "Spr1ng";

    public const string Key = "pk_practice00000000000000000000full01";
    private const int StepsPerJob = 4;

    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private SandboxProcess(ChildProcess process, Uri address) =>
        (_process, Address, _http) = (process, address, new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) });

    public Uri Address { get; }

    /// <param name="job">How long the job of a full batch takes.</param>
    /// <param name="more">More options of the sandbox.</param>
    public static async Task<SandboxProcess> StartAsync(
        TimeSpan job,
        CancellationToken cancellationToken,
        params IReadOnlyList<string> more
    )
    {
        var process = ChildProcess.Start(
            "dotnet",
            [
                Builds.Sandbox,
                "--url",
                "http://127.0.0.1:0",
                "--jobPace",
                (job / StepsPerJob).ToString("c", CultureInfo.InvariantCulture),
                "--rememberedRequests",
                "100000",
                .. more,
            ]
        );
        return new SandboxProcess(process, new Uri(await process.SaysAsync("listens at ", cancellationToken)));
    }

    /// <summary>Answers every call of the API after this time. The rate limits count a call when it arrives.</summary>
    public async Task SetLatencyAsync(TimeSpan latency, CancellationToken cancellationToken)
    {
        using var cleared = await _http.DeleteAsync("/sandbox/faults", cancellationToken);
        cleared.EnsureSuccessStatusCode();
        if (latency == TimeSpan.Zero)
            return;
        using var set = await _http.PostAsJsonAsync(
            "/sandbox/faults",
            new
            {
                kind = "delay",
                path = "/api",
                delayMs = (int)latency.TotalMilliseconds,
            },
            cancellationToken
        );
        set.EnsureSuccessStatusCode();
    }

    /// <summary>Returns the calls that arrived since a time, oldest first.</summary>
    public async Task<Traffic> TrafficAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var requests = await _http.GetFromJsonAsync<List<Request>>("/sandbox/state/requests", cancellationToken) ?? [];
        requests =
        [
            .. requests.Where(request => request.At >= since && request.Path.StartsWith("/api", StringComparison.Ordinal)).Reverse(),
        ];
        return new Traffic(
            requests
                .GroupBy(request => $"{request.Method} {Id().Replace(request.Path, "/{id}$1")}")
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Count()),
            requests.Count(request => request.Status == 429),
            requests
                .Where(request => request is { Method: "POST", Path: "/api/profile-bulk-import-jobs" })
                .Select(request => (DateTimeOffset?)request.At)
                .FirstOrDefault()
        );
    }

    /// <summary>Returns how many people are on <see cref="List"/>.</summary>
    public async Task<int> MembersAsync(CancellationToken cancellationToken)
    {
        var accounts = await _http.GetFromJsonAsync<JsonElement>("/sandbox/state", cancellationToken);
        return accounts
            .EnumerateArray()
            .SelectMany(account => account.GetProperty("lists").EnumerateArray())
            .Single(list => list.GetProperty("id").GetString() == List)
            .GetProperty("members")
            .GetInt32();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("(?<=/api/(?:profile-bulk-import-jobs|lists|profiles))/[^/]+(/.*)?$")]
    private static partial Regex Id();

    private sealed record Request(DateTimeOffset At, string Method, string Path, int Status);
}
