using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>Each error of a store is told in words, and whether it may pass by itself.</summary>
public sealed class RemoteFaultTests
{
    private static readonly Dictionary<string, string?> Impatient = new() { ["Sources:Remote:Patience"] = "00:00:01" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(404, "NoSuchBucket", "Sources.BucketUnknown", SourceFaultKind.Lasting)]
    [InlineData(403, "AccessDenied", "Sources.BucketDenied", SourceFaultKind.Lasting)]
    [InlineData(403, "InvalidAccessKeyId", "Sources.AccessKeyUnknown", SourceFaultKind.Lasting)]
    [InlineData(403, "SignatureDoesNotMatch", "Sources.AccessSecretWrong", SourceFaultKind.Lasting)]
    [InlineData(403, "RequestTimeTooSkewed", "Sources.ClockSkewed", SourceFaultKind.Lasting)]
    [InlineData(301, "PermanentRedirect", "Sources.RegionWrong", SourceFaultKind.Lasting)]
    [InlineData(400, "AuthorizationHeaderMalformed", "Sources.RegionWrong", SourceFaultKind.Lasting)]
    [InlineData(503, "SlowDown", "Sources.ServerBusy", SourceFaultKind.Busy)]
    [InlineData(500, "InternalError", "Sources.ServerBusy", SourceFaultKind.Busy)]
    [InlineData(400, "Strange", "Sources.StoreFault", SourceFaultKind.Lasting)]
    public async Task An_error_of_S3_is_told_in_words(int status, string code, string message, SourceFaultKind kind)
    {
        await using var s3 = new ScriptedStore(_ => ScriptedStore.Error(status, code));

        Assert.Equal((message, kind), await FaultAsync(S3(s3.Address)));
    }

    [Theory]
    [InlineData(404, "ContainerNotFound", "Sources.ContainerUnknown", SourceFaultKind.Lasting)]
    [InlineData(403, "AuthenticationFailed", "Sources.AccountKeyWrong", SourceFaultKind.Lasting)]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", "Sources.AccountKeyForbidden", SourceFaultKind.Lasting)]
    [InlineData(403, "AuthorizationFailure", "Sources.ContainerDenied", SourceFaultKind.Lasting)]
    [InlineData(403, "AuthorizationPermissionMismatch", "Sources.ContainerDenied", SourceFaultKind.Lasting)]
    [InlineData(403, "AccountIsDisabled", "Sources.AccountDisabled", SourceFaultKind.Lasting)]
    [InlineData(503, "ServerBusy", "Sources.ServerBusy", SourceFaultKind.Busy)]
    [InlineData(400, "Strange", "Sources.StoreFault", SourceFaultKind.Lasting)]
    public async Task An_error_of_Azure_is_told_in_words(int status, string code, string message, SourceFaultKind kind)
    {
        await using var azure = new ScriptedStore(_ => ScriptedStore.Error(status, code));

        Assert.Equal((message, kind), await FaultAsync(Azure(azure.Address)));
    }

    [Fact]
    public async Task A_refused_signature_and_an_incomplete_key_are_told_apart()
    {
        await using var azure = new ScriptedStore(_ => ScriptedStore.Error(403, "AuthenticationFailed"));
        var signature = Azure(azure.Address);
        (signature.Remote.SignIn, signature.Password) = (RemoteSignIn.SharedAccessSignature, "?sv=2025-01-05&sig=x");
        var key = Azure(azure.Address);
        key.Password = "not base64";

        Assert.Equal("Sources.SignatureRefused", (await FaultAsync(signature)).Message);
        Assert.Equal("Sources.AccountKeyInvalid", (await FaultAsync(key)).Message);
    }

    [Theory]
    [InlineData("InvalidObjectState", 403, "Sources.FileArchived")]
    [InlineData("PreconditionFailed", 412, "Sources.ChangedWhileRead")]
    [InlineData("NoSuchKey", 404, "Sources.ChangedWhileRead")]
    public async Task A_file_that_cannot_be_read_now_is_named(string code, int status, string message)
    {
        await using var s3 = new ScriptedStore(request =>
            request.Contains("list-type", StringComparison.Ordinal) ? ScriptedStore.S3List("a.csv", 10) : ScriptedStore.Error(status, code)
        );

        Assert.Equal(message, (await FaultAsync(S3(s3.Address))).Message);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again_and_never_makes_a_shorter_load()
    {
        await using var s3 = new ScriptedStore(request =>
            request.Contains("list-type", StringComparison.Ordinal)
                ? ScriptedStore.S3List("a.csv", 1_000)
                : ScriptedStore.Answer(200, "id\n1\n2\n"u8.ToArray(), length: 1_000)
        );

        Assert.Equal(("Sources.ServerGone", SourceFaultKind.Gone), await FaultAsync(S3(s3.Address)));
        Assert.InRange(s3.Requests, 4, 12);
    }

    [Fact]
    public async Task A_connection_that_breaks_once_does_not_disturb_the_load()
    {
        var times = 0;
        await using var s3 = new ScriptedStore(request =>
            request.Contains("list-type", StringComparison.Ordinal) ? ScriptedStore.S3List("a.csv", 7)
            : ++times == 1 ? ScriptedStore.Answer(200, "id\n1"u8.ToArray(), length: 7)
            : ScriptedStore.Answer(200, "id\n1\n2\n"u8.ToArray())
        );
        await using var store = await SourceStore.CreateAsync();

        var source = await store.Sources.SaveAsync(SourceStore.Administrator, S3(s3.Address), Cancel);

        Assert.Equal(2, source.RowCount);
    }

    [Fact]
    public async Task A_file_of_another_length_than_listed_is_refused()
    {
        await using var s3 = new ScriptedStore(request =>
            request.Contains("list-type", StringComparison.Ordinal)
                ? ScriptedStore.S3List("a.csv", 5)
                : ScriptedStore.Answer(200, "id\n1\n2\n"u8.ToArray())
        );

        Assert.Equal("Sources.ChangedWhileRead", (await FaultAsync(S3(s3.Address))).Message);
    }

    [Fact]
    public async Task Files_that_are_too_large_are_refused_before_they_are_copied()
    {
        await using var s3 = new ScriptedStore(_ => ScriptedStore.S3List("a.csv.gz", 100_000_000_000_000));

        Assert.Equal("Sources.FilesTooLarge", (await FaultAsync(S3(s3.Address), save: true)).Message);
        Assert.Equal(
            ("Sources.DiskTooSmall", SourceFaultKind.Busy),
            await FaultAsync(S3(s3.Address), new() { ["Sources:MaxUnpackedBytes"] = "1000000000000000" }, save: true)
        );
        Assert.Equal(2, s3.Requests);
    }

    [Fact]
    public async Task A_full_disk_is_told_in_words()
    {
        if (!File.Exists("/dev/full"))
            Assert.Skip("There is no /dev/full on this system.");

        var full = await Assert.ThrowsAsync<SourceException>(() =>
            RemoteFetch.WriteAsync("/dev/full", buffer => Task.FromResult(buffer.Length), 1_000_000, Cancel)
        );

        Assert.Equal((new LocalizedMessage("Sources.DiskFull"), true), (full.LocalizedMessage, full.Fault.IsTransient));
    }

    [Fact]
    public async Task Addresses_that_nobody_answers_at_are_told_apart()
    {
        var free = Loopback.FreePort();

        Assert.Equal(("Sources.StoreRefused", SourceFaultKind.Refused), await FaultAsync(S3($"http://127.0.0.1:{free}")));
        Assert.Equal(("Sources.StoreRefused", SourceFaultKind.Refused), await FaultAsync(Azure($"http://127.0.0.1:{free}")));
        Assert.Equal(("Sources.StoreRefused", SourceFaultKind.Refused), await FaultAsync(Sftp("127.0.0.1", free)));
        Assert.Equal(("Sources.HostUnknown", SourceFaultKind.Refused), await FaultAsync(S3("https://no-such-store.invalid")));
        Assert.Equal(("Sources.HostUnknown", SourceFaultKind.Refused), await FaultAsync(Azure("https://no-such-store.invalid")));
        Assert.Equal(("Sources.HostUnknown", SourceFaultKind.Refused), await FaultAsync(Sftp("no-such-store.invalid", 22)));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Time)]
    public async Task A_store_that_stays_silent_is_given_up()
    {
        await using var silent = new ScriptedStore(_ => null);
        var faults = await Task.WhenAll(FaultAsync(S3(silent.Address), Impatient), FaultAsync(Azure(silent.Address), Impatient));

        Assert.All(faults, fault => Assert.Equal(("Sources.StoreSilent", SourceFaultKind.TimedOut), fault));
        // The library for SFTP has the same limit, and one of both comes first.
        Assert.Contains(
            (await FaultAsync(Sftp("127.0.0.1", silent.Port), Impatient)).Message,
            new[] { "Sources.StoreSilent", "Sources.HostUnreachable" }
        );
    }

    [Fact]
    public async Task A_test_can_be_canceled_while_a_store_is_silent()
    {
        await using var silent = new ScriptedStore(_ => null);
        await using var store = await SourceStore.CreateAsync();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var test = store.Sources.TestAsync(SourceStore.Administrator, S3(silent.Address), cancel.Token);
        await Patience.UntilAsync(() => silent.Requests > 0);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_refused()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var serving = ServeAsync();
        var address = $"https://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}";

        Assert.Equal(("Sources.StoreNotTrusted", SourceFaultKind.Lasting), await FaultAsync(S3(address)));
        Assert.Equal(("Sources.StoreNotTrusted", SourceFaultKind.Lasting), await FaultAsync(Azure(address)));
        await end.CancelAsync();
        await serving;

        async Task ServeAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync(end.Token);
                    await using var stream = new SslStream(client.GetStream());
                    try
                    {
                        await stream.AuthenticateAsServerAsync(certificate);
                    }
                    catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
                    {
                        // The client does not trust the certificate.
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The test has ended.
            }
        }
    }

    [Theory]
    [InlineData("<html><body>Hello</body></html>")]
    [InlineData("hello")]
    public async Task Something_else_than_a_store_is_told(string page)
    {
        await using var other = new ScriptedStore(_ => ScriptedStore.Answer(200, System.Text.Encoding.UTF8.GetBytes(page)));

        Assert.Contains((await FaultAsync(S3(other.Address))).Message, new[] { "Sources.NotAStore", "Sources.NothingThere" });
        Assert.Contains((await FaultAsync(Azure(other.Address))).Message, new[] { "Sources.NotAStore", "Sources.NothingThere" });
        Assert.Equal("Sources.NotAnSshServer", (await FaultAsync(Sftp("127.0.0.1", other.Port))).Message);
    }

    internal static SourceDraft S3(string endpoint) =>
        new()
        {
            Name = "Customers",
            Kind = SourceKind.S3,
            KeyColumns = ["id"],
            Password = "secret",
            Remote = new RemoteFiles
            {
                Endpoint = endpoint,
                AllowsHttp = true,
                UsesPathStyle = true,
                Container = "bucket",
                User = "key",
            },
        };

    private static SourceDraft Azure(string endpoint) =>
        new()
        {
            Name = "Customers",
            Kind = SourceKind.AzureBlob,
            KeyColumns = ["id"],
            Password = Convert.ToBase64String(new byte[64]),
            Remote = new RemoteFiles
            {
                Endpoint = $"{endpoint}/account",
                AllowsHttp = true,
                Container = "container",
            },
        };

    private static SourceDraft Sftp(string host, int port) =>
        new()
        {
            Name = "Customers",
            Kind = SourceKind.Sftp,
            KeyColumns = ["id"],
            Password = "secret",
            Remote = new RemoteFiles
            {
                Host = host,
                Port = port,
                User = "user",
                HostKey = "SHA256:" + new string('A', 43),
            },
        };

    private static async Task<(string Message, SourceFaultKind Kind)> FaultAsync(
        SourceDraft draft,
        Dictionary<string, string?>? settings = null,
        bool save = false
    )
    {
        await using var store = await SourceStore.CreateAsync(settings: settings);
        var exception = await Assert.ThrowsAsync<SourceException>(() =>
            save
                ? store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel)
                : store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel)
        );
        Assert.Empty(Directory.Exists(store.Staging) ? Directory.EnumerateFileSystemEntries(store.Staging) : []);
        return (exception.LocalizedMessage.Code, exception.Fault.Kind);
    }
}
