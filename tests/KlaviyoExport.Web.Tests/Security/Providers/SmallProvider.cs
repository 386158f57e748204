using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>
/// An OpenID Connect provider with one person, who is always signed in and always consents. It checks its clients (redirect address,
/// PKCE, credentials, codes that are valid once), signs real tokens, and can return invalid ones. With a tenant it has the form of
/// Microsoft Entra ID.
/// </summary>
internal sealed class SmallProvider : IAsyncDisposable
{
    public const string ClientId = "klaviyo-export";
    public const string ClientSecret = "a secret & more";
    private const string AccessToken = "opens the user info";

    // Generating a key takes longer than most of the tests.
    private static readonly RSAParameters FirstKey = NewKey("first").Rsa.ExportParameters(true);

    private readonly WebApplication _app;
    private readonly Dictionary<string, Dictionary<string, string>> _codes = [];
    private RsaSecurityKey _key = new(RSA.Create(FirstKey)) { KeyId = "first" };

    private readonly string? _tenant;

    private SmallProvider(WebApplication app, string? tenant) => (_app, _tenant) = (app, tenant);

    public string Address => _app.Urls.First();

    public string Issuer => Address + Below;

    private string Below => _tenant is null ? "" : $"/{_tenant}/v2.0";

    public string Subject { get; set; } = "subject-1";

    public string? Email { get; set; }

    public bool? EmailVerified { get; set; } = true;

    public string? Name { get; set; } = "Petra Provider";

    /// <summary>App roles of the person.</summary>
    public string[] Roles { get; set; } = [];

    public string[] Groups { get; set; } = [];

    /// <summary>Further claims of the ID token.</summary>
    public Dictionary<string, object> More { get; } = [];

    /// <summary>Whether the person's claims are only available at the user info endpoint.</summary>
    public bool TellsAtUserInfo { get; set; }

    /// <summary>Whether it has an endpoint for signing out.</summary>
    public bool SignsOut { get; set; } = true;

    /// <summary>The query of the last visitor who signed out.</summary>
    public IReadOnlyDictionary<string, string>? SignedOut { get; private set; }

    /// <summary>When the person signed in. Updated by prompt=login.</summary>
    public DateTimeOffset SignedInAt { get; set; } = DateTimeOffset.UtcNow - TimeSpan.FromHours(1);

    /// <summary>Whether prompt=login makes the person sign in again.</summary>
    public bool HonoursPrompt { get; set; } = true;

    /// <summary>An error to return instead of a code.</summary>
    public string? Refuses { get; set; }

    /// <summary>Changes the token before it is signed.</summary>
    public Action<SecurityTokenDescriptor> Lie { get; set; } = _ => { };

    /// <summary>Changes the token after it was signed.</summary>
    public Func<string, string> Spoil { get; set; } = token => token;

    /// <summary>How often its keys were requested.</summary>
    public int KeysRead { get; private set; }

    /// <summary>The query of the last visitor.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; private set; } = new Dictionary<string, string>();

    public string[] Settings =>
        [
            $"--OpenIdConnect:Authority={Address}",
            $"--OpenIdConnect:ClientId={ClientId}",
            $"--OpenIdConnect:ClientSecret={ClientSecret}",
            "--OpenIdConnect:DisplayName=Small Provider",
        ];

    public static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };

    public static async Task<SmallProvider> StartAsync(bool takesPost = false, string? tenant = null, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
                kestrel.Listen(
                    IPAddress.Loopback,
                    0,
                    listen =>
                    {
                        if (certificate is not null)
                            listen.UseHttps(certificate);
                    }
                )
            );
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var provider = new SmallProvider(app, tenant);
        app.MapGet(
            provider.Below + "/.well-known/openid-configuration",
            () =>
            {
                var metadata = new Dictionary<string, object>
                {
                    ["issuer"] = provider.Issuer,
                    ["authorization_endpoint"] = $"{provider.Address}/authorize?tenant=small",
                    ["token_endpoint"] = $"{provider.Address}/token",
                    ["jwks_uri"] = $"{provider.Address}/keys",
                    ["token_endpoint_auth_methods_supported"] = new[] { takesPost ? "client_secret_post" : "client_secret_basic" },
                };
                if (provider.TellsAtUserInfo)
                    metadata["userinfo_endpoint"] = $"{provider.Address}/person";
                if (provider.SignsOut)
                    metadata["end_session_endpoint"] = $"{provider.Address}/sign-out";
                return Results.Json(metadata);
            }
        );
        app.MapGet("/person", provider.UserInfo);
        app.MapGet("/sign-out", provider.SignOut);
        app.MapGet(
            "/keys",
            () =>
            {
                provider.KeysRead++;
                return Results.Json(new { keys = new[] { provider.PublicKey() } });
            }
        );
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
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(_key.Rsa.ExportParameters(false)) { KeyId = _key.KeyId }
        );
        return new
        {
            kty = key.Kty,
            use = "sig",
            kid = key.Kid,
            n = key.N,
            e = key.E,
            alg = "RS256",
        };
    }

    private IResult Authorize(HttpRequest request)
    {
        var asked = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        Asked = asked;
        if (
            asked["tenant"] != "small"
            || asked["client_id"] != ClientId
            || asked["response_type"] != "code"
            || asked["code_challenge_method"] != "S256"
        )
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
            : Uri.UnescapeDataString(
                Encoding.UTF8.GetString(Convert.FromBase64String(request.Headers.Authorization.ToString()["Basic ".Length..]))
            );
        if (credentials != $"{ClientId}:{ClientSecret}")
            return Results.Unauthorized();
        if (
            !_codes.Remove(form["code"].ToString(), out var asked)
            || form["redirect_uri"] != asked["redirect_uri"]
            || form["grant_type"] != "authorization_code"
            || Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString())))
                != asked["code_challenge"]
        )
            return Results.BadRequest(new { error = "invalid_grant" });
        return Results.Json(
            new
            {
                access_token = AccessToken,
                token_type = "Bearer",
                id_token = Spoil(IdToken(asked)),
            }
        );
    }

    private IResult UserInfo(HttpRequest request) =>
        request.Headers.Authorization == $"Bearer {AccessToken}"
            ? Results.Json(Person().Append(new("sub", Subject)).ToDictionary())
            : Results.Unauthorized();

    private IResult SignOut(HttpRequest request)
    {
        SignedOut = request.Query.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
        return Results.Redirect($"{SignedOut["post_logout_redirect_uri"]}?state={Uri.EscapeDataString(SignedOut["state"])}");
    }

    private Dictionary<string, object> Person()
    {
        var claims = new Dictionary<string, object>(More);
        if (Email is not null)
            claims["email"] = Email;
        if (EmailVerified is { } verified)
            claims["email_verified"] = verified;
        if (Name is not null)
            claims["name"] = Name;
        if (Roles.Length > 0)
            claims["roles"] = Roles;
        if (Groups.Length > 0)
            claims["groups"] = Groups;
        return claims;
    }

    private string IdToken(Dictionary<string, string> asked)
    {
        var claims = TellsAtUserInfo ? [] : Person();
        (claims["sub"], claims["nonce"], claims["auth_time"]) = (Subject, asked["nonce"], SignedInAt.ToUnixTimeSeconds());
        if (_tenant is not null)
            claims["tid"] = _tenant;
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = ClientId,
            Claims = claims,
            Expires = DateTime.UtcNow.AddMinutes(5),
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.RsaSha256),
        };
        Lie(token);
        return new JsonWebTokenHandler().CreateToken(token);
    }
}
