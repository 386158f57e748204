using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using KlaviyoExport.Benchmarks.Processes;

namespace KlaviyoExport.Benchmarks.Bare;

/// <summary>The two calls of the bare loop, within Klaviyo's limits: ten imports a second.</summary>
internal sealed class PlainKlaviyo : IDisposable
{
    private const int Burst = 10;

    // A little more than a second, because calls do not take equally long to arrive.
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(1_020);

    private readonly HttpClient _http;
    private readonly Queue<Task> _windows = new();
    private readonly string _list;

    public PlainKlaviyo(Uri address, string list)
    {
        _list = list;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Klaviyo-API-Key", SandboxProcess.Key);
        _http.DefaultRequestHeaders.Add("revision", "2026-07-15");
    }

    /// <summary>Posts an import. Only one call may wait for its turn at a time.</summary>
    /// <returns>The ID of the job.</returns>
    public async Task<string> ImportAsync(ReadOnlyMemory<byte> body)
    {
        if (_windows.Count == Burst)
            await _windows.Dequeue();
        _windows.Enqueue(Task.Delay(Window));
        while (true)
        {
            using var content = new ReadOnlyMemoryContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.api+json");
            using var answer = await _http.PostAsync("/api/profile-bulk-import-jobs", content);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                await Task.Delay(answer.Headers.RetryAfter?.Delta ?? Window);
                continue;
            }
            answer.EnsureSuccessStatusCode();
            var job = await answer.Content.ReadFromJsonAsync<JsonElement>();
            return job.GetProperty("data").GetProperty("id").GetString()!;
        }
    }

    /// <summary>Returns the jobs that are complete, with the number of profiles that they have accepted.</summary>
    public async IAsyncEnumerable<(string Id, int Completed)> CompleteJobsAsync()
    {
        var page = "/api/profile-bulk-import-jobs?filter=equals(status,\"complete\")&page[size]=100";
        while (page is not null)
        {
            using var answer = await _http.GetAsync(page);
            answer.EnsureSuccessStatusCode();
            var jobs = await answer.Content.ReadFromJsonAsync<JsonElement>();
            foreach (var job in jobs.GetProperty("data").EnumerateArray())
            {
                var attributes = job.GetProperty("attributes");
                var failed = attributes.GetProperty("failed_count").GetInt32();
                yield return (job.GetProperty("id").GetString()!, attributes.GetProperty("completed_count").GetInt32() - failed);
            }
            page = jobs.GetProperty("links").TryGetProperty("next", out var next) ? next.GetString() : null;
        }
    }

    public void Dispose() => _http.Dispose();
}
