using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.OAuth;

namespace KlaviyoExport.Tests.Sandbox.OAuth;

public sealed class OAuthTests : IAsyncLifetime
{
    private const string Redirect = "http://localhost:5000/connections/klaviyo/callback";
    private const string Verifier = "a-verifier-of-at-least-forty-three-characters-0123456789";

    private readonly TestClock _clock = new();
    private SandboxServer _server = null!;
    private HttpClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static string Challenge =>
        Convert.ToBase64String(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public async ValueTask InitializeAsync()
    {
        _server = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0", Clock = _clock }, Cancellation);
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _server.BaseAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_person_authorizes_the_app_which_acts_within_its_scopes()
    {
        var tokens = await Tokens(await Code("accounts:read lists:read"));
        Assert.Equal("Bearer", tokens.GetProperty("token_type").GetString());
        Assert.Equal("accounts:read lists:read", tokens.GetProperty("scope").GetString());
        var access = tokens.GetProperty("access_token").GetString()!;
        Assert.Equal(200, await Api("/api/lists", access));
        Assert.Equal(403, await Api("/api/profiles", access));
    }

    [Fact]
    public async Task The_authorize_page_names_the_app_the_scopes_and_the_accounts()
    {
        var page = await _client.GetStringAsync(Authorize([]), Cancellation);
        Assert.Contains("Klaviyo Export", page);
        Assert.Contains("lists:write", page);
        Assert.Contains("Practice Store", page);
        Assert.Contains("Second Store", page);
    }

    [Fact]
    public async Task An_app_has_a_quota_of_its_own()
    {
        var access = (await Tokens(await Code())).GetProperty("access_token").GetString()!;
        Assert.Equal(200, await Api("/api/accounts", access));
        Assert.Equal(429, await Api("/api/accounts", access));
        Assert.Equal(200, await Api("/api/accounts", PracticeStore.FullKey, "Klaviyo-API-Key"));
    }

    [Fact]
    public async Task A_refusal_returns_to_the_app_with_its_state()
    {
        var answer = await Decide("deny");
        Assert.Equal("access_denied", answer["error"]);
        Assert.Equal("some state", answer["state"]);
    }

    [Theory]
    [InlineData("client_id", "somebody")]
    [InlineData("redirect_uri", "http://localhost:5000/elsewhere")]
    [InlineData("redirect_uri", "http://evil.example/connections/klaviyo/callback")]
    [InlineData("redirect_uri", "http://127.0.0.1:5000@evil.example/connections/klaviyo/callback")]
    public async Task An_unknown_app_or_redirect_address_is_never_redirected_to(string name, string value)
    {
        using var answer = await _client.GetAsync(Authorize(new() { [name] = value }), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(answer.Headers.Location);
    }

    [Theory]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("state", "", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("scope", "lists:read", "invalid_scope")]
    [InlineData("scope", "accounts:read everything", "invalid_scope")]
    public async Task An_invalid_request_returns_to_the_app_with_the_error(string name, string value, string error)
    {
        using var answer = await _client.GetAsync(Authorize(new() { [name] = value }), Cancellation);
        Assert.StartsWith(Redirect, answer.Headers.Location!.ToString());
        Assert.Equal(error, HttpUtility.ParseQueryString(answer.Headers.Location.Query)["error"]);
    }

    [Fact]
    public async Task A_code_is_valid_once_and_a_second_use_revokes_its_tokens()
    {
        var code = await Code();
        var access = (await Tokens(code)).GetProperty("access_token").GetString()!;
        Assert.Equal(400, (int)(await Token(Exchange(code))).StatusCode);
        Assert.Equal(401, await Api("/api/lists", access));
    }

    [Fact]
    public async Task A_code_expires()
    {
        var code = await Code();
        _clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(400, (int)(await Token(Exchange(code))).StatusCode);
    }

    [Theory]
    [InlineData("code_verifier", "another-verifier-of-at-least-forty-three-characters")]
    [InlineData("code_verifier", "")]
    [InlineData("redirect_uri", "http://localhost:5001/connections/klaviyo/callback")]
    [InlineData("code", "guess")]
    public async Task A_code_needs_its_verifier_and_its_redirect_address(string name, string value)
    {
        var form = Exchange(await Code());
        form[name] = value;
        Assert.Equal(400, (int)(await Token(form)).StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData($"{SandboxApp.ClientId}:wrong")]
    [InlineData($"somebody:{SandboxApp.ClientSecret}")]
    public async Task An_app_signs_in_with_its_secret_by_HTTP_Basic(string? credentials)
    {
        var form = Exchange(await Code());
        (form["client_id"], form["client_secret"]) = (SandboxApp.ClientId, SandboxApp.ClientSecret);
        Assert.Equal(401, (int)(await Token(form, credentials)).StatusCode);
    }

    [Fact]
    public async Task An_access_token_expires_and_a_refresh_token_is_valid_once()
    {
        var first = await Tokens(await Code());
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, await Api("/api/lists", first.GetProperty("access_token").GetString()!));
        var refresh = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["refresh_token"] = first.GetProperty("refresh_token").GetString()!,
        };
        var second = await SandboxSession.Read(await Token(refresh), 200);
        Assert.Equal(200, await Api("/api/lists", second.GetProperty("access_token").GetString()!));
        Assert.Equal(400, (int)(await Token(refresh)).StatusCode);
        Assert.NotEqual(first.GetProperty("refresh_token").GetString(), second.GetProperty("refresh_token").GetString());
    }

    [Fact]
    public async Task A_refresh_token_expires_after_ninety_days_without_use()
    {
        var tokens = await Tokens(await Code());
        _clock.Advance(TimeSpan.FromDays(90));
        Assert.Equal(
            400,
            (int)
                (
                    await Token(
                        new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens.GetProperty("refresh_token").GetString()! }
                    )
                ).StatusCode
        );
    }

    [Fact]
    public async Task A_revoked_consent_ends_both_tokens()
    {
        var tokens = await Tokens(await Code());
        using var request = Form(
            "/oauth/revoke",
            new() { ["token"] = tokens.GetProperty("refresh_token").GetString()!, ["token_type_hint"] = "refresh_token" }
        );
        using var revoked = await _client.SendAsync(request, Cancellation);
        Assert.Equal(200, (int)revoked.StatusCode);
        Assert.Equal(401, await Api("/api/lists", tokens.GetProperty("access_token").GetString()!));
        Assert.Equal(
            400,
            (int)
                (
                    await Token(
                        new() { ["grant_type"] = "refresh_token", ["refresh_token"] = tokens.GetProperty("refresh_token").GetString()! }
                    )
                ).StatusCode
        );
    }

    private static string Authorize(Dictionary<string, string> changes) =>
        "/oauth/authorize?" + string.Join('&', Asked(changes).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));

    private static Dictionary<string, string> Asked(Dictionary<string, string> changes)
    {
        var asked = new Dictionary<string, string>
        {
            ["response_type"] = "code",
            ["client_id"] = SandboxApp.ClientId,
            ["redirect_uri"] = Redirect,
            ["scope"] = "accounts:read lists:read lists:write profiles:read profiles:write",
            ["state"] = "some state",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
            asked[name] = value;
        return asked;
    }

    private static Dictionary<string, string> Exchange(string code) =>
        new()
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["redirect_uri"] = Redirect,
            ["code_verifier"] = Verifier,
        };

    private static HttpRequestMessage Form(
        string path,
        Dictionary<string, string> form,
        string? credentials = $"{SandboxApp.ClientId}:{SandboxApp.ClientSecret}"
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) };
        if (credentials is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Basic",
                Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))
            );
        return request;
    }

    private async Task<System.Collections.Specialized.NameValueCollection> Decide(string decision, string? scope = null)
    {
        var form = Asked(scope is null ? [] : new() { ["scope"] = scope });
        (form["decision"], form["account"]) = (decision, PracticeStore.Id);
        using var answer = await _client.PostAsync("/oauth/authorize", new FormUrlEncodedContent(form), Cancellation);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return HttpUtility.ParseQueryString(answer.Headers.Location!.Query);
    }

    private async Task<string> Code(string? scope = null) => (await Decide("allow", scope))["code"]!;

    private async Task<JsonElement> Tokens(string code) => await SandboxSession.Read(await Token(Exchange(code)), 200);

    private Task<HttpResponseMessage> Token(
        Dictionary<string, string> form,
        string? credentials = $"{SandboxApp.ClientId}:{SandboxApp.ClientSecret}"
    ) => _client.SendAsync(Form("/oauth/token", form, credentials), Cancellation);

    private async Task<int> Api(string path, string secret, string scheme = "Bearer")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {secret}");
        request.Headers.Add("revision", "2026-07-15");
        using var answer = await _client.SendAsync(request, Cancellation);
        return (int)answer.StatusCode;
    }
}
