using KlaviyoExport.Data;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Tests.Forwarding;
using KlaviyoExport.Tests.Telemetry;
using MySqlConnector;
using Npgsql;

namespace KlaviyoExport.Web.Tests.Privacy;

/// <summary>
/// The real application with all that it talks to: Klaviyo (the sandbox), a mail server with TLS and an account, webhooks, a syslog server,
/// an OpenTelemetry collector and a database with customers. It logs everything to a file.
/// </summary>
internal sealed class JourneyPlace : IAsyncDisposable
{
    private const string MailPassword = "smtp-lozinka-kanarinca";
    private const string AuditSecret = "tajna-dnevnika-kanarinca";
    private const string CollectorToken = "zeton-sakupljaca-kanarinca";

    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-journey-").FullName;
    private readonly TestAuthority _authority = new();
    private StorePlace _store = default!;
    private ServerDatabase _customers = default!;
    private ServerDatabase _moreCustomers = default!;

    public const string MetricsToken = "zeton-merenja-kanarinca-24";

    public TestApp App { get; private set; } = default!;

    public SandboxServer Sandbox { get; private set; } = default!;

    public MailServer Mails { get; private set; } = default!;

    public Listener Webhook { get; private set; } = default!;

    public Listener AuditWebhook { get; private set; } = default!;

    public SyslogServer Syslog { get; private set; } = default!;

    public OtlpCollector Collector { get; private set; } = default!;

    public string LogDirectory => Path.Combine(_directory, "logs");

    public string Backup => Path.Combine(_directory, "backup.zip");

    public bool IsOnServer => _store.Provider != StoreProvider.Sqlite;

    /// <summary>The secrets of the configuration.</summary>
    public static IEnumerable<Canary> Canaries =>
        [
            new("the password of the mail server", CanaryKind.Secret, MailPassword),
            new("the secret of the audit webhook", CanaryKind.Secret, AuditSecret),
            new("the token of the collector", CanaryKind.Secret, CollectorToken),
            new("the token of the metrics", CanaryKind.Secret, MetricsToken),
            new("the client secret of the app at Klaviyo", CanaryKind.Secret, SandboxApp.ClientSecret),
        ];

    public static async Task<JourneyPlace> StartAsync(StoreProvider provider)
    {
        var place = new JourneyPlace();
        try
        {
            await place.StartAllAsync(provider);
            return place;
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    /// <summary>Tables of real servers, which their passwords open.</summary>
    public IEnumerable<SourceDraft> CustomersDrafts()
    {
        var postgres = new NpgsqlConnectionStringBuilder(_customers.ConnectionString);
        yield return Draft(
            SourceKind.PostgreSql,
            postgres.Host!,
            postgres.Port,
            postgres.Database!,
            postgres.Username!,
            postgres.Password!
        );
        var maria = new MySqlConnectionStringBuilder(_moreCustomers.ConnectionString);
        yield return Draft(SourceKind.MySql, maria.Server, (int)maria.Port, maria.Database, maria.UserID, maria.Password);

        static SourceDraft Draft(SourceKind kind, string host, int port, string database, string user, string password) =>
            new()
            {
                Name = $"Customers of the server ({kind})",
                Kind = kind,
                Host = host,
                Port = port,
                Database = database,
                User = user,
                Password = password,
                Tls = ServerTls.None,
                Table = kind == SourceKind.PostgreSql ? "public.customers" : $"{database}.customers",
                KeyColumns = ["id"],
            };
    }

    /// <summary>Waits until both receivers of the audit know of the export.</summary>
    public Task HasForwardedAsync() =>
        Patience.UntilAsync(() =>
            Syslog.Messages.Any(message => message.Contains("Newsletter", StringComparison.Ordinal))
            && AuditWebhook.Requests.Any(request => request.Contains("Newsletter", StringComparison.Ordinal))
        );

    /// <summary>Adds what is on the disk and in the store at this moment.</summary>
    public async Task AddStoredAsync(Haystack haystack)
    {
        // The last writes are in the log of the store while a connection is open.
        await using var db = await App.OpenAsync();
        haystack.AddDirectory("data", App.Directory);
        if (IsOnServer)
            await AddTablesAsync(haystack);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (
            var part in new IAsyncDisposable?[]
            {
                App,
                Mails,
                Webhook,
                AuditWebhook,
                Syslog,
                Collector,
                Sandbox,
                _customers,
                _moreCustomers,
                _store,
            }
        )
            if (part is not null)
                await part.DisposeAsync();
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAllAsync(StoreProvider provider)
    {
        _store = await StorePlace.CreateAsync(provider);
        _customers = await ServerDatabase.PostgreSqlAsync();
        _moreCustomers = await ServerDatabase.MariaDbAsync();
        foreach (var database in new[] { _customers, _moreCustomers })
            await database.ExecuteAsync(
                "CREATE TABLE customers (id int PRIMARY KEY, email text); INSERT INTO customers VALUES (1, 'baza.kanarinac@kaveza.example')"
            );
        Sandbox = await SandboxServer.StartAsync(
            new SandboxOptions { Url = "http://127.0.0.1:0", JobPace = TimeSpan.FromMilliseconds(2) },
            TestContext.Current.CancellationToken
        );
        Mails = MailServer.Start(_authority.Server, account: ("exports", MailPassword));
        Webhook = await Listener.StartAsync();
        AuditWebhook = await Listener.StartAsync();
        Syslog = SyslogServer.Udp();
        Collector = await OtlpCollector.StartAsync();
        App = await TestApp.StartWithPeopleAsync([
            .. _store.Settings.Concat(Mails.Settings).Concat(Settings()).Select(one => $"--{one.Key}={one.Value}"),
        ]);
    }

    private Dictionary<string, string?> Settings() =>
        new()
        {
            ["Klaviyo:BaseUrl"] = Sandbox.BaseAddress.ToString(),
            ["Klaviyo:OAuth:ClientId"] = SandboxApp.ClientId,
            ["Klaviyo:OAuth:ClientSecret"] = SandboxApp.ClientSecret,
            ["Klaviyo:OAuth:AuthorizeUrl"] = new Uri(Sandbox.BaseAddress, "oauth/authorize").ToString(),
            ["Klaviyo:OAuth:TokenUrl"] = new Uri(Sandbox.BaseAddress, "oauth/token").ToString(),
            ["Klaviyo:OAuth:RevokeUrl"] = new Uri(Sandbox.BaseAddress, "oauth/revoke").ToString(),
            ["Mail:User"] = "exports",
            ["Mail:Password"] = MailPassword,
            ["Mail:TrustedCertificate"] = _authority.PemFile,
            ["Alerts:Window"] = "00:00:00",
            ["AuditForwarding:Webhook:Url"] = AuditWebhook.Address.ToString(),
            ["AuditForwarding:Webhook:Secret"] = AuditSecret,
            ["AuditForwarding:Syslog:Host"] = "127.0.0.1",
            ["AuditForwarding:Syslog:Port"] = $"{Syslog.Port}",
            ["AuditForwarding:Syslog:Transport"] = "Udp",
            ["Telemetry:Otlp:Endpoint"] = Collector.HttpAddress,
            ["Telemetry:Otlp:Headers"] = $"Authorization=Bearer {CollectorToken}",
            ["Telemetry:Prometheus:Enabled"] = "true",
            ["Telemetry:Prometheus:Token"] = MetricsToken,
            ["Delivery:PollInterval"] = "00:00:00.050",
            ["RateLimits:SignIns"] = "10000",
            ["RateLimits:ExpensivePages"] = "10000",
            ["RateLimits:ExpensiveActions"] = "10000",
            ["RateLimits:Downloads"] = "10000",
            ["RateLimits:Links"] = "10000",
            ["Log:File"] = Path.Combine(LogDirectory, "log-.json"),
            ["Log:Format"] = "Json",
            ["Serilog:MinimumLevel:Default"] = "Debug",
            ["Serilog:MinimumLevel:Override:Microsoft"] = "Debug",
            ["Serilog:MinimumLevel:Override:System"] = "Debug",
            // These would be most of the log. They name components, keys of texts and trees of queries, without values.
            ["Serilog:MinimumLevel:Override:Microsoft.AspNetCore.Components.RenderTree"] = "Information",
            ["Serilog:MinimumLevel:Override:Microsoft.Extensions.Localization"] = "Information",
            ["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.Infrastructure"] = "Information",
            ["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.ChangeTracking"] = "Information",
            // The text of each statement is logged at this level too.
            ["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.Database.Command"] = "Information",
            ["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.Query"] = "Information",
            ["Serilog:MinimumLevel:Override:Microsoft.EntityFrameworkCore.Database.Connection"] = "Information",
        };

    private async Task AddTablesAsync(Haystack haystack)
    {
        await using var connection = new NpgsqlConnection(_store.Settings["ConnectionStrings:Default"]);
        await connection.OpenAsync();
        var tables = new List<string>();
        await using (var names = new NpgsqlCommand("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", connection))
        await using (var reader = await names.ExecuteReaderAsync())
            while (await reader.ReadAsync())
                tables.Add(reader.GetString(0));
        foreach (var table in tables)
        {
#pragma warning disable CA2100 // The names are those of the store's own tables.
            await using var rows = new NpgsqlCommand($"SELECT t::text FROM \"{table}\" t", connection);
#pragma warning restore CA2100
            await using var reader = await rows.ExecuteReaderAsync();
            while (await reader.ReadAsync())
                haystack.Add($"table {table}", reader.GetString(0));
        }
    }
}
