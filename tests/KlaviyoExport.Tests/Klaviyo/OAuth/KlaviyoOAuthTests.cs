using System.Text;
using System.Web;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.OAuth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Klaviyo.OAuth;

public sealed class KlaviyoOAuthTests : IAsyncLifetime
{
    private static readonly Uri Callback = new("http://localhost:5080/connections/klaviyo/callback");

    private readonly TestClock _clock = new();
    private readonly LogCapture _logs = new();
    private readonly List<ServiceProvider> _services = [];
    private SandboxServer _sandbox = null!;
    private KlaviyoOAuth _oauth = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0", Clock = _clock }, Cancel);
        _oauth = Create(_sandbox.BaseAddress, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
            await services.DisposeAsync();
        await _sandbox.DisposeAsync();
    }

    [Fact]
    public async Task A_code_is_exchanged_for_tokens_and_these_are_refreshed()
    {
        var first = await SignInAsync();
        var second = await _oauth.RefreshAsync(first.RefreshToken, Cancel);

        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromHours(1), first.ExpiresAt);
        Assert.Equal(KlaviyoOAuth.Scopes, second.Scopes);
        Assert.NotEqual(first.AccessToken, second.AccessToken);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
    }

    [Fact]
    public void The_sign_in_requests_exactly_the_five_scopes()
    {
        var asked = HttpUtility.ParseQueryString(_oauth.AuthorizeAddress("the state", KlaviyoOAuth.NewSecret(), Callback).Query);

        Assert.Equal("accounts:read lists:read lists:write profiles:read profiles:write", asked["scope"]);
        Assert.Equal(
            ("code", SandboxApp.ClientId, "the state", "S256"),
            (asked["response_type"], asked["client_id"], asked["state"], asked["code_challenge_method"])
        );
        Assert.Equal(Callback.AbsoluteUri, asked["redirect_uri"]);
    }

    [Fact]
    public void The_configured_callback_has_priority_over_the_request_host()
    {
        const string registered = "https://exports.example/connections/klaviyo/callback";
        var oauth = Create(_sandbox.BaseAddress, _clock, ("RedirectUri", registered));

        Assert.Equal(
            registered,
            HttpUtility.ParseQueryString(oauth.AuthorizeAddress("s", KlaviyoOAuth.NewSecret(), Callback).Query)["redirect_uri"]
        );
    }

    [Fact]
    public void The_challenge_matches_the_example_of_RFC_7636()
    {
        var asked = HttpUtility.ParseQueryString(
            _oauth.AuthorizeAddress("s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Callback).Query
        );
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", asked["code_challenge"]);
    }

    [Fact]
    public async Task A_code_is_refused_a_second_time_when_expired_and_with_another_verifier()
    {
        var (verifier, code) = await CodeAsync();
        Assert.True((await RefusedAsync(() => _oauth.ExchangeAsync(code, KlaviyoOAuth.NewSecret(), Callback, Cancel))).IsSpent);
        await _oauth.ExchangeAsync(code, verifier, Callback, Cancel);
        Assert.True((await RefusedAsync(() => _oauth.ExchangeAsync(code, verifier, Callback, Cancel))).IsSpent);

        (verifier, code) = await CodeAsync();
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.True((await RefusedAsync(() => _oauth.ExchangeAsync(code, verifier, Callback, Cancel))).IsSpent);
    }

    [Fact]
    public async Task A_wrong_app_secret_is_distinguished_from_an_expired_token()
    {
        var refusal = await RefusedAsync(() => Create(_sandbox.BaseAddress, _clock, ("ClientSecret", "wrong")).RefreshAsync("any", Cancel));

        Assert.Equal(new KlaviyoSignInRefusal(401, "invalid_client"), refusal);
        Assert.True(refusal.IsOfApp);
    }

    [Fact]
    public async Task A_revoked_token_cannot_be_refreshed_and_can_be_revoked_again()
    {
        var tokens = await SignInAsync();

        await _oauth.RevokeAsync(tokens.RefreshToken, Cancel);
        await _oauth.RevokeAsync(tokens.RefreshToken, Cancel);

        Assert.True((await RefusedAsync(() => _oauth.RefreshAsync(tokens.RefreshToken, Cancel))).IsSpent);
    }

    [Theory]
    [InlineData(FaultKind.Status, UnavailableReason.ServerFault)]
    [InlineData(FaultKind.ResetBeforeBody, UnavailableReason.ConnectionLost)]
    [InlineData(FaultKind.LoseAnswer, UnavailableReason.ConnectionLost)]
    [InlineData(FaultKind.ResetMidAnswer, UnavailableReason.ConnectionLost)]
    [InlineData(FaultKind.NotJson, UnavailableReason.UnreadableAnswer)]
    [InlineData(FaultKind.Truncate, UnavailableReason.UnreadableAnswer)]
    public async Task A_token_refresh_that_may_have_arrived_is_not_repeated_and_is_an_outage(FaultKind kind, UnavailableReason reason)
    {
        var tokens = await SignInAsync();
        var before = AskedForTokens();
        _sandbox.Faults.Add(new Fault(kind) { Path = "/oauth/token" });

        var outage = await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => _oauth.RefreshAsync(tokens.RefreshToken, Cancel));

        Assert.Equal(reason, outage.Reason);
        // The connection is closed before the request is recorded.
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (AskedForTokens() == before)
            await look.WaitForNextTickAsync(Cancel);
        Assert.Equal(before + 1, AskedForTokens());
        Assert.DoesNotContain(tokens.RefreshToken, outage.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_response_uses_up_the_refresh_token()
    {
        var tokens = await SignInAsync();
        _sandbox.Faults.Add(new Fault(FaultKind.LoseAnswer) { Path = "/oauth/token", Times = 1 });

        await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => _oauth.RefreshAsync(tokens.RefreshToken, Cancel));

        Assert.True((await RefusedAsync(() => _oauth.RefreshAsync(tokens.RefreshToken, Cancel))).IsSpent);
    }

    [Fact]
    public async Task A_revocation_is_sent_again_until_it_arrives()
    {
        var tokens = await SignInAsync();
        _sandbox.Faults.Add(new Fault(FaultKind.Status) { Path = "/oauth/revoke", Times = 2 });
        var clock = new TestClock();

        var revoking = Create(_sandbox.BaseAddress, clock).RevokeAsync(tokens.RefreshToken, Cancel);
        // One timer is the deadline of the call; a second one is a pause between two attempts.
        await Patience.UntilAsync(
            () => Task.FromResult(revoking.IsCompleted),
            step: () =>
            {
                if (clock.WaitingTimers > 1)
                    clock.Advance(TimeSpan.FromSeconds(1));
            }
        );
        await revoking;

        Assert.Equal(3, _sandbox.State.Requests.Count(request => request.Path == "/oauth/revoke"));
        Assert.True((await RefusedAsync(() => _oauth.RefreshAsync(tokens.RefreshToken, Cancel))).IsSpent);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_with_the_secret()
    {
        await using var elsewhere = await ScriptedServer.StartAsync(200, "{}", "application/json");
        await using var server = await ScriptedServer.StartAsync(
            (context, _) =>
            {
                context.Response.Redirect(elsewhere.Address, permanent: false, preserveMethod: true);
                return Task.CompletedTask;
            }
        );

        var outage = await Assert.ThrowsAsync<KlaviyoUnavailableException>(() =>
            Create(new Uri(server.Address), _clock).RefreshAsync("token", Cancel)
        );

        Assert.Equal(UnavailableReason.UnreadableAnswer, outage.Reason);
        Assert.Empty(elsewhere.Received);
    }

    [Theory]
    [InlineData("""{"access_token":"a"}""")]
    [InlineData("""{"refresh_token":"r"}""")]
    [InlineData("""{"access_token":"a b","refresh_token":"r"}""")]
    [InlineData("""{"access_token":"a","refresh_token":"r","token_type":"mac"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    public async Task A_response_that_is_not_a_token_response_is_an_outage(string body)
    {
        await using var server = await ScriptedServer.StartAsync(200, body, "application/json");
        var outage = await Assert.ThrowsAsync<KlaviyoUnavailableException>(() =>
            Create(new Uri(server.Address), _clock).ExchangeAsync("c", "v", Callback, Cancel)
        );
        Assert.Equal(UnavailableReason.UnreadableAnswer, outage.Reason);
    }

    [Fact]
    public async Task A_response_without_a_refresh_token_keeps_the_old_one()
    {
        await using var server = await ScriptedServer.StartAsync(200, """{"access_token":"a","expires_in":60}""", "application/json");
        var tokens = await Create(new Uri(server.Address), _clock).RefreshAsync("old", Cancel);
        Assert.Equal(
            ("a", "old", _clock.GetUtcNow() + TimeSpan.FromMinutes(1)),
            (tokens.AccessToken, tokens.RefreshToken, tokens.ExpiresAt)
        );
    }

    [Fact]
    public async Task The_app_authenticates_with_its_form_encoded_id_and_secret()
    {
        await using var server = await ScriptedServer.StartAsync(200, """{"access_token":"a"}""", "application/json");
        await Create(new Uri(server.Address), _clock, ("ClientId", "an:id"), ("ClientSecret", "per%cent")).RefreshAsync("r", Cancel);

        var request = Assert.Single(server.Received);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("an%3Aid:per%25cent")), request.Headers["Authorization"]);
        Assert.Equal("grant_type=refresh_token&refresh_token=r", request.Body);
    }

    [Fact]
    public async Task An_error_message_from_outside_is_not_repeated()
    {
        await using var server = await ScriptedServer.StartAsync(
            400,
            """{"error":"<script>","error_description":"secret"}""",
            "application/json"
        );
        Assert.Equal("unknown", (await RefusedAsync(() => Create(new Uri(server.Address), _clock).RefreshAsync("r", Cancel))).Error);
    }

    [Fact]
    public async Task A_call_without_a_response_ends_after_half_a_minute()
    {
        var asked = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(
            async (context, _) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }
        );
        var refreshing = Create(new Uri(server.Address), _clock).RefreshAsync("r", Cancel);
        await asked.Task.WaitAsync(Cancel);
        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(UnavailableReason.TimedOut, (await Assert.ThrowsAsync<KlaviyoUnavailableException>(() => refreshing)).Reason);
    }

    [Fact]
    public async Task Neither_logs_nor_texts_contain_a_token_or_the_secret()
    {
        var (verifier, code) = await CodeAsync();
        var tokens = await _oauth.ExchangeAsync(code, verifier, Callback, Cancel);
        var next = await _oauth.RefreshAsync(tokens.RefreshToken, Cancel);

        foreach (
            var secret in new[]
            {
                code,
                verifier,
                tokens.AccessToken,
                tokens.RefreshToken,
                next.AccessToken,
                next.RefreshToken,
                SandboxApp.ClientSecret,
            }
        )
        {
            Assert.DoesNotContain(_logs.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, tokens.ToString() + next, StringComparison.Ordinal);
        }
    }

    private static async Task<KlaviyoSignInRefusal> RefusedAsync(Func<Task<KlaviyoTokens>> ask) =>
        (await Assert.ThrowsAsync<KlaviyoSignInException>(ask)).Refusal;

    private int AskedForTokens() => _sandbox.State.Requests.Count(request => request.Path == "/oauth/token");

    private async Task<KlaviyoTokens> SignInAsync()
    {
        var (verifier, code) = await CodeAsync();
        return await _oauth.ExchangeAsync(code, verifier, Callback, Cancel);
    }

    private async Task<(string Verifier, string Code)> CodeAsync()
    {
        var verifier = KlaviyoOAuth.NewSecret();
        return (verifier, (await SandboxPerson.DecideAsync(_oauth.AuthorizeAddress("state", verifier, Callback))).Code!);
    }

    private KlaviyoOAuth Create(Uri server, TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Klaviyo:OAuth:ClientId"] = SandboxApp.ClientId,
                    ["Klaviyo:OAuth:ClientSecret"] = SandboxApp.ClientSecret,
                    ["Klaviyo:OAuth:AuthorizeUrl"] = new Uri(server, "oauth/authorize").ToString(),
                    ["Klaviyo:OAuth:TokenUrl"] = new Uri(server, "oauth/token").ToString(),
                    ["Klaviyo:OAuth:RevokeUrl"] = new Uri(server, "oauth/revoke").ToString(),
                }
            )
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Klaviyo:OAuth:" + setting.Key, (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(clock)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs))
            .AddKlaviyo()
            .BuildServiceProvider();
        _services.Add(services);
        return services.GetRequiredService<KlaviyoOAuth>();
    }
}
