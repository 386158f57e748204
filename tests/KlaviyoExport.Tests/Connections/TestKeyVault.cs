using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlaviyoExport.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Connections;

/// <summary>
/// An Azure Key Vault and a managed identity as Azure's client sees them: https with a certificate, the vault's challenge, and tokens
/// from the identity endpoint. The identity endpoint is set in the environment, so there can be one vault at a time.
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
    }

    /// <summary>The secrets by name.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = new();

    /// <summary>A status to answer with instead of a secret.</summary>
    public int? Fault { get; set; }

    /// <summary>Whether the identity endpoint returns tokens.</summary>
    public bool HasIdentity { get; set; } = true;

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
            .AddHttpClient(KeyVaultSecrets.ClientName)
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    ConnectCallback = async (context, cancellationToken) =>
                    {
                        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                        await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellationToken);
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

    private IResult Identity(HttpContext http) =>
        http.Request.Headers["X-IDENTITY-HEADER"] != IdentityHeader || !HasIdentity
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
