using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;

namespace KlaviyoExport.Tests.Sandbox.Hosting;

public sealed class ControlTests : IAsyncLifetime
{
    private SandboxServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0", Clock = new TestClock() }, Cancellation);
        _client = new HttpClient { BaseAddress = _server.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Faults_are_set_shown_and_cleared_over_HTTP()
    {
        using var set = await _client.PostAsync(
            "/sandbox/faults",
            Json("""{"kind":"reset-mid-body","times":3,"method":"POST"}"""),
            Cancellation
        );
        Assert.True(set.IsSuccessStatusCode);
        Assert.Equal(new Fault(FaultKind.ResetMidBody) { Times = 3, Method = "POST" }, Assert.Single(_server.Faults.Active));
        Assert.Equal(
            "reset-mid-body",
            (await _client.GetFromJsonAsync<JsonElement>("/sandbox/faults", Cancellation))[0].GetProperty("kind").GetString()
        );
        using var cleared = await _client.DeleteAsync("/sandbox/faults", Cancellation);
        Assert.Empty(_server.Faults.Active);
    }

    [Theory]
    [InlineData("""{"kind":"earthquake"}""", "application/json")]
    [InlineData("""{"kind":"status","stauts":503}""", "application/json")]
    [InlineData("""{"kind":"status","call":"get_everything"}""", "application/json")]
    [InlineData("""{"kind":"limits-off"}""", "text/plain")]
    [InlineData("", "application/json")]
    public async Task A_meaningless_fault_is_refused_with_the_reason(string body, string mediaType)
    {
        using var answer = await _client.PostAsync("/sandbox/faults", new StringContent(body, Encoding.UTF8, mediaType), Cancellation);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.NotEmpty((await answer.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("error").GetString()!);
        Assert.Empty(_server.Faults.Active);
    }

    [Fact]
    public async Task The_state_of_the_sandbox_can_be_read_from_another_process()
    {
        var state = await _client.GetFromJsonAsync<JsonElement>("/sandbox/state", Cancellation);
        Assert.Equal(PracticeStore.Id, state[0].GetProperty("id").GetString());
        var members = await _client.GetFromJsonAsync<JsonElement>($"/sandbox/state/lists/{PracticeStore.Newsletter}/members", Cancellation);
        Assert.Equal(
            ["subscribed@practice.example", "never@practice.example"],
            members.EnumerateArray().Select(m => m.GetProperty("email").GetString())
        );
        Assert.Equal(
            0,
            (await _client.GetFromJsonAsync<JsonElement>($"/sandbox/state/jobs?account={SecondStore.Id}", Cancellation)).GetArrayLength()
        );
        using var unknown = await _client.GetAsync("/sandbox/state/lists/none/members", Cancellation);
        Assert.Equal(404, (int)unknown.StatusCode);
        using var nobody = await _client.GetAsync("/sandbox/state/jobs?account=none", Cancellation);
        Assert.Equal(404, (int)nobody.StatusCode);
    }

    [Theory]
    [InlineData("evil.example", null)]
    [InlineData(null, "http://evil.example")]
    public async Task A_page_of_another_site_is_refused(string? host, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, "/sandbox/faults");
        if (host is not null)
            request.Headers.Host = host;
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        using var answer = await _client.SendAsync(request, Cancellation);
        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Fact]
    public async Task The_request_log_never_contains_a_key_or_a_query()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/lists?api_key={PracticeStore.FullKey}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Klaviyo-API-Key {PracticeStore.FullKey}");
        using var answer = await _client.SendAsync(request, Cancellation);
        var log =
            await _client.GetStringAsync("/sandbox/state/requests", Cancellation) + await _client.GetStringAsync("/requests", Cancellation);
        Assert.Contains("/api/lists", log);
        Assert.DoesNotContain("pk_", log);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");
}
