using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlaviyoExport.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Secrets;

/// <summary>
/// An Azure Key Vault, a managed identity and the sign-in of Microsoft Entra as Azure's client sees them: https with a certificate, the
/// vault's challenge, and tokens. The identity endpoint is set in the environment, so there can be one vault at a time: its tests are in
/// the collection of this name.
/// </summary>
internal sealed class TestKeyVault : IAsyncDisposable
{
    private const string IdentityHeader = "practice-identity-header";
    private const string Token = "practice-vault-token";

    // Azure's client caches tokens for the lifetime of the process, so every vault is a different resource.
    private readonly string _resource = $"vault-{Guid.NewGuid():n}.test";
    private readonly X509Certificate2 _certificate;
    private readonly WebApplication _app;

    private TestKeyVault()
    {
        _certificate = CreateCertificate(Host);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder
            .WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
                kestrel.Listen(IPAddress.Loopback, 0);
            });
        _app = builder.Build();
        _app.MapGet("/identity", Identity);
        _app.MapGet("/secrets/{name}/{version?}", Secret);
        _app.MapGet("/common/discovery/instance", Discovery);
        _app.MapPost("/{tenant}/oauth2/v2.0/token", SignInAsync);
    }

    /// <summary>The secrets by name.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>A status to answer with instead of a secret.</summary>
    public int? Fault { get; set; }

    /// <summary>Whether the identity endpoint returns tokens.</summary>
    public bool HasIdentity { get; set; } = true;

    /// <summary>The error of Entra with which sign-ins of service principals end. Null when they succeed.</summary>
    public (int Status, string Code)? EntraFault { get; set; }

    /// <summary>The client secret that Entra accepts.</summary>
    public string ClientSecret { get; set; } = "practice-client-secret";

    /// <summary>For which resources tokens of the machine or of service principals were asked.</summary>
    public ConcurrentQueue<string> Resources { get; } = new();

    /// <summary>How often a secret was requested with a token.</summary>
    public int Reads { get; private set; }

    public string Uri => $"https://{Host}:{Port("https")}";

    private string Host => "practice." + _resource;

    public static async Task<TestKeyVault> StartAsync()
    {
        var vault = new TestKeyVault();
        await vault._app.StartAsync(TestContext.Current.CancellationToken);
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", $"http://identity.test:{vault.Port("http")}/identity");
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", IdentityHeader);
        return vault;
    }

    /// <summary>Replaces DNS and the trust in Azure's certificates. Everything above the socket is real.</summary>
    public void Configure(IServiceCollection services) =>
        services
            .AddHttpClient(AzureClient.Name)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    ConnectCallback = async (context, cancellationToken) =>
                    {
                        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                        // The sign-in of Entra is at a fixed address with the usual port.
                        var port = context.DnsEndPoint.Port == 443 ? Port("https") : context.DnsEndPoint.Port;
                        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                        return new NetworkStream(socket, ownsSocket: true);
                    },
                    SslOptions =
                    {
                        RemoteCertificateValidationCallback = (_, shown, _, _) =>
                            shown?.GetCertHashString() == _certificate.GetCertHashString(),
                    },
                }
            );

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Environment.SetEnvironmentVariable("IDENTITY_ENDPOINT", null);
        Environment.SetEnvironmentVariable("IDENTITY_HEADER", null);
        await _app.DisposeAsync();
        _certificate.Dispose();
    }

    private static X509Certificate2 CreateCertificate(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private int Port(string scheme) => _app.Urls.Select(url => new System.Uri(url)).Single(url => url.Scheme == scheme).Port;

    private IResult Identity(HttpContext http)
    {
        Resources.Enqueue(http.Request.Query["resource"].ToString());
        return http.Request.Headers["X-IDENTITY-HEADER"] != IdentityHeader || !HasIdentity
            ? Results.Json(new { statusCode = 400, message = "No managed identity." }, statusCode: 400)
            : Results.Json(
                new
                {
                    access_token = Token,
                    token_type = "Bearer",
                    resource = http.Request.Query["resource"].ToString(),
                    expires_on = DateTimeOffset
                        .UtcNow.AddHours(8)
                        .ToUnixTimeSeconds()
                        .ToString(System.Globalization.CultureInfo.InvariantCulture),
                }
            );
    }

    private static IResult Discovery(HttpContext http) =>
        Results.Json(
            new
            {
                tenant_discovery_endpoint = $"https://{http.Request.Host.Host}/tenant/v2.0/.well-known/openid-configuration",
                metadata = new[]
                {
                    new
                    {
                        preferred_network = http.Request.Host.Host,
                        preferred_cache = http.Request.Host.Host,
                        aliases = new[] { http.Request.Host.Host },
                    },
                },
            }
        );

    private async Task<IResult> SignInAsync(HttpContext http, string tenant)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        Resources.Enqueue(form["scope"].ToString());
        var fault = EntraFault ?? (form["client_secret"] == ClientSecret ? null : (401, "7000215"));
        return fault is { } told
            ? Results.Json(
                new { error = "invalid_client", error_description = $"AADSTS{told.Code}: As the practice sign-in was told. Trace ID: 0" },
                statusCode: told.Status
            )
            : Results.Json(
                new
                {
                    token_type = "Bearer",
                    expires_in = 3600,
                    access_token = $"practice-token-of-{tenant}",
                }
            );
    }

    private IResult Secret(HttpContext http, string name)
    {
        if (http.Request.Headers.Authorization != "Bearer " + Token)
        {
            http.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.test/00000000-0000-0000-0000-000000000001\", resource=\"https://{_resource}\"";
            return Results.StatusCode(401);
        }
        Reads++;
        if (Fault is { } status)
            return Error(status, status == 403 ? "Forbidden" : "Fault");
        return Secrets.TryGetValue(name, out var value)
            ? Results.Json(
                new
                {
                    value,
                    id = $"{Uri}/secrets/{name}/0123456789abcdef",
                    attributes = new
                    {
                        enabled = true,
                        created = 1_700_000_000,
                        updated = 1_700_000_000,
                    },
                }
            )
            : Error(404, "SecretNotFound");
    }

    private static IResult Error(int status, string code) =>
        Results.Json(new { error = new { code, message = "As the practice vault was told." } }, statusCode: status);
}
