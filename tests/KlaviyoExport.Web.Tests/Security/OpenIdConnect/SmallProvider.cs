using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Tests.Security.OpenIdConnect;

/// <summary>
/// An OpenID Connect provider with one person, who is always signed in there and says yes. It holds its clients to the protocol (redirect address,
/// PKCE, credentials, codes good once), signs for real, and can be told to lie.
/// </summary>
internal sealed class SmallProvider : IAsyncDisposable
{
    public const string ClientId = "klaviyo-export";
    public const string ClientSecret = "a secret & more";

    private readonly WebApplication _app;
    private readonly Dictionary<string, Dictionary<string, string>> _codes = [];
    private RsaSecurityKey _key = NewKey("first");

    private SmallProvider(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    public string Subject { get; set; } = "subject-1";

    public string? Email { get; set; }

    public bool? EmailVerified { get; set; } = true;

    public string? Name { get; set; } = "Petra Provider";

    /// <summary>When the person signed in there; moved by prompt=login.</summary>
    public DateTimeOffset SignedInAt { get; set; } = DateTimeOffset.UtcNow - TimeSpan.FromHours(1);

    /// <summary>Whether prompt=login asks the person anew.</summary>
    public bool HonoursPrompt { get; set; } = true;

    /// <summary>An error instead of a code.</summary>
    public string? Refuses { get; set; }

    /// <summary>Changes what is about to be signed.</summary>
    public Action<SecurityTokenDescriptor> Lie { get; set; } = _ => { };

    /// <summary>Changes what was signed.</summary>
    public Func<string, string> Spoil { get; set; } = token => token;

    /// <summary>What the last visitor was sent with.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; private set; } = new Dictionary<string, string>();

    public string[] Settings =>
        [$"--OpenIdConnect:Authority={Address}", $"--OpenIdConnect:ClientId={ClientId}", $"--OpenIdConnect:ClientSecret={ClientSecret}", "--OpenIdConnect:DisplayName=Small Provider"];

    public static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    public static async Task<SmallProvider> StartAsync(bool takesPost = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new SmallProvider(app);
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new Dictionary<string, object>
        {
            ["issuer"] = provider.Address, ["authorization_endpoint"] = $"{provider.Address}/authorize?tenant=small", ["token_endpoint"] = $"{provider.Address}/token",
            ["jwks_uri"] = $"{provider.Address}/keys", ["token_endpoint_auth_methods_supported"] = new[] { takesPost ? "client_secret_post" : "client_secret_basic" },
        }));
        app.MapGet("/keys", () => Results.Json(new { keys = new[] { provider.PublicKey() } }));
        app.MapGet("/authorize", provider.Authorize);
        app.MapPost("/token", provider.TokenAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return provider;
    }

    /// <summary>Signs with another key from now on.</summary>
    public void ChangeKey(string id) => _key = NewKey(id);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private object PublicKey()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(new RsaSecurityKey(_key.Rsa.ExportParameters(false)) { KeyId = _key.KeyId });
        return new { kty = key.Kty, use = "sig", kid = key.Kid, n = key.N, e = key.E, alg = "RS256" };
    }

    private IResult Authorize(HttpRequest request)
    {
        var asked = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        Asked = asked;
        if (asked["tenant"] != "small" || asked["client_id"] != ClientId || asked["response_type"] != "code" || asked["code_challenge_method"] != "S256")
            return Results.BadRequest();
        if (asked.GetValueOrDefault("prompt") == "login" && HonoursPrompt)
            SignedInAt = DateTimeOffset.UtcNow;
        if (Refuses is not null)
            return Results.Redirect($"{asked["redirect_uri"]}?error={Refuses}&state={Uri.EscapeDataString(asked["state"])}");
        var code = Guid.NewGuid().ToString("N");
        _codes[code] = asked;
        return Results.Redirect($"{asked["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(asked["state"])}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(TestContext.Current.CancellationToken);
        var credentials = form["client_id"].ToString() is { Length: > 0 } posted
            ? $"{posted}:{form["client_secret"]}"
            : Uri.UnescapeDataString(Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.ToString()["Basic ".Length..])));
        if (credentials != $"{ClientId}:{ClientSecret}")
            return Results.Unauthorized();
        if (!_codes.Remove(form["code"].ToString(), out var asked) || form["redirect_uri"] != asked["redirect_uri"] || form["grant_type"] != "authorization_code"
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked["code_challenge"])
            return Results.BadRequest(new { error = "invalid_grant" });
        return Results.Json(new { access_token = "unused", token_type = "Bearer", id_token = Spoil(IdToken(asked)) });
    }

    private string IdToken(Dictionary<string, string> asked)
    {
        var claims = new Dictionary<string, object> { ["sub"] = Subject, ["nonce"] = asked["nonce"], ["auth_time"] = SignedInAt.ToUnixTimeSeconds() };
        if (Email is not null)
            claims["email"] = Email;
        if (EmailVerified is { } verified)
            claims["email_verified"] = verified;
        if (Name is not null)
            claims["name"] = Name;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Address, Audience = ClientId, Claims = claims, Expires = DateTime.UtcNow.AddMinutes(5), SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        };
        Lie(token);
        return new JsonWebTokenHandler().CreateToken(token);
    }
}
