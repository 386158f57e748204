using System.Text.Json;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Sandbox.Faults;

public sealed class FaultTests : IAsyncLifetime
{
    private readonly TestClock _clock = new();
    private SandboxServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0", Clock = _clock }, Cancellation);
        _client = new HttpClient { BaseAddress = _server.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_status_fault_occurs_as_often_and_only_where_configured()
    {
        _server.Faults.Add(
            new Fault(FaultKind.Status)
            {
                Status = 503,
                RetryAfter = 7,
                Times = 2,
                After = 1,
                Call = "get_lists",
            }
        );
        Assert.Equal(200, await Status("GET", "/api/lists"));
        Assert.Equal(200, await Status("GET", "/api/profiles"));
        using var struck = await Send("GET", "/api/lists");
        Assert.Equal(503, (int)struck.StatusCode);
        Assert.Equal(7, struck.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        Assert.Equal(503, await Status("GET", "/api/lists"));
        Assert.Equal(200, await Status("GET", "/api/lists"));
    }

    [Fact]
    public async Task A_429_from_a_fault_has_Retry_After_only_if_set_and_never_rate_limit_headers()
    {
        _server.Faults.Add(new Fault(FaultKind.Status) { Status = 429, Times = 1 });
        using var struck = await Send("GET", "/api/lists");
        Assert.Equal(429, (int)struck.StatusCode);
        Assert.Null(struck.Headers.RetryAfter);
        Assert.False(struck.Headers.Contains("RateLimit-Limit"));
    }

    [Theory]
    [InlineData(FaultKind.ResetBeforeBody, 0)]
    [InlineData(FaultKind.ResetMidBody, 0)]
    [InlineData(FaultKind.LoseAnswer, 1)]
    [InlineData(FaultKind.ResetMidAnswer, 1)]
    public async Task A_cut_connection_leaves_the_client_without_a_response(FaultKind kind, int jobs)
    {
        _server.Faults.Add(new Fault(kind) { Times = 1, Call = "bulk_import_profiles" });
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var response = await Send("POST", "/api/profile-bulk-import-jobs", Imports.Of(null, Imports.Emails(2_000)));
            await response.Content.ReadAsByteArrayAsync(Cancellation);
        });
        Assert.Equal(jobs, _server.State.Jobs().Count);
        Assert.Equal(202, await Status("POST", "/api/profile-bulk-import-jobs", Imports.Of(null, "a@example.org")));
    }

    [Fact]
    public async Task A_truncated_response_is_complete_for_HTTP_and_invalid_as_JSON()
    {
        _server.Faults.Add(new Fault(FaultKind.Truncate) { Times = 1 });
        using var response = await Send("GET", "/api/lists");
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(body));
    }

    [Theory]
    [InlineData(FaultKind.NotJson, "text/html")]
    [InlineData(FaultKind.WrongMediaType, "text/plain")]
    public async Task A_response_can_have_another_media_type(FaultKind kind, string mediaType)
    {
        _server.Faults.Add(new Fault(kind) { Times = 1 });
        using var response = await Send("GET", "/api/lists");
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(mediaType, response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_delay_follows_the_sandbox_clock()
    {
        _server.Faults.Add(new Fault(FaultKind.Delay) { DelayMs = 5_000, Times = 1 });
        var waiting = _clock.WaitingTimers;
        var answer = Status("GET", "/api/lists");
        await Patience.UntilAsync(() => _clock.WaitingTimers != waiting);
        Assert.False(answer.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(200, await answer);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("/data/attributes/profiles/data/99999/attributes/email")]
    public async Task A_refusal_can_have_no_pointer_or_a_wrong_one(string? pointer)
    {
        _server.Faults.Add(new Fault(FaultKind.WrongPointers) { PointsAt = pointer, Times = 1 });
        using var response = await Send("POST", "/api/profile-bulk-import-jobs", Imports.Of(null, "a@example.org"));
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal([pointer], JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).Pointers());
    }

    [Fact]
    public async Task A_stuck_job_stays_processing_until_faults_are_cleared()
    {
        _server.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        await Import("a@example.org");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("Processing", _server.State.Jobs()[0].Status.ToString());
        _server.Faults.Clear();
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Complete", _server.State.Jobs()[0].Status.ToString());
    }

    [Fact]
    public async Task A_canceled_job_has_imported_half_of_its_profiles()
    {
        _server.Faults.Add(new Fault(FaultKind.JobCancelled) { Times = 1 });
        await Import([.. Imports.Emails(10)]);
        _server.State.FinishJobs();
        var job = _server.State.Jobs()[0];
        Assert.Equal(("Cancelled", 5), (job.Status.ToString(), job.Completed));
    }

    [Fact]
    public async Task An_accepted_job_can_become_unknown()
    {
        _server.Faults.Add(new Fault(FaultKind.JobUnknown) { Times = 1 });
        var id = await Import("a@example.org");
        Assert.Equal(404, await Status("GET", $"/api/profile-bulk-import-jobs/{id}"));
    }

    [Fact]
    public async Task Rows_can_fail_with_some_of_their_errors_missing()
    {
        _server.Faults.Add(new Fault(FaultKind.RowsFail) { Amount = 3 });
        _server.Faults.Add(new Fault(FaultKind.ErrorsMissing) { Amount = 2 });
        var id = await Import([.. Imports.Emails(12)]);
        _server.State.FinishJobs();
        Assert.Equal((8, 4), (_server.State.Jobs()[0].Completed, _server.State.Jobs()[0].Failed));
        using var response = await Send("GET", $"/api/profile-bulk-import-jobs/{id}/import-errors");
        Assert.Equal(2, JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancellation)).Data().Count());
    }

    [Fact]
    public async Task A_revoked_key_is_refused_until_faults_are_cleared()
    {
        _server.Faults.Add(new Fault(FaultKind.KeyRevoked) { Key = "Full access" });
        Assert.Equal(401, await Status("GET", "/api/lists"));
        _server.Faults.Clear();
        Assert.Equal(200, await Status("GET", "/api/lists"));
    }

    [Fact]
    public async Task Another_client_can_use_up_the_steady_limit_and_limits_can_be_turned_off()
    {
        _server.Faults.Add(new Fault(FaultKind.QuotaUsed) { Call = "get_accounts", Amount = 15 });
        using var refused = await Send("GET", "/api/accounts");
        Assert.Equal(60, refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
        _server.Faults.Add(new Fault(FaultKind.LimitsOff));
        for (var i = 0; i < 20; i++)
            Assert.Equal(200, await Status("GET", "/api/accounts"));
    }

    [Fact]
    public async Task A_list_can_be_deleted()
    {
        _server.Faults.Add(new Fault(FaultKind.ListDeleted) { List = PracticeStore.WinBack });
        Assert.Equal(404, await Status("GET", $"/api/lists/{PracticeStore.WinBack}"));
    }

    [Fact]
    public void A_fault_that_could_never_occur_is_refused()
    {
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new Fault(FaultKind.Status) { Call = "get_list_of_lists" }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new Fault(FaultKind.Status) { Status = 200 }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new Fault(FaultKind.KeyRevoked) { Key = "pk_none" }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new Fault(FaultKind.ListDeleted) { List = "none" }));
        Assert.Throws<ArgumentException>(() => _server.Faults.Add(new Fault(FaultKind.Delay)));
        Assert.Empty(_server.Faults.Active);
    }

    private async Task<string> Import(params string[] emails)
    {
        using var response = await Send("POST", "/api/profile-bulk-import-jobs", Imports.Of(null, emails));
        return (await SandboxSession.Read(response, 202)).GetProperty("data").GetProperty("id").GetString()!;
    }

    private async Task<int> Status(string method, string path, string? body = null)
    {
        using var response = await Send(method, path, body);
        return (int)response.StatusCode;
    }

    private Task<HttpResponseMessage> Send(string method, string path, string? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        request.Headers.TryAddWithoutValidation("Authorization", $"Klaviyo-API-Key {PracticeStore.FullKey}");
        request.Headers.Add("revision", "2026-07-15");
        if (body is not null)
            request.Content = SandboxSession.Json(body);
        return _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
    }
}
