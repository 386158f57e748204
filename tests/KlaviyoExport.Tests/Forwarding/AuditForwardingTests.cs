using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Forwarding;
using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Tests.People.Auditing;

namespace KlaviyoExport.Tests.Forwarding;

public sealed partial class AuditForwardingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Syslog_over_UDP_gets_every_sealed_entry_once_in_its_order()
    {
        await using var server = SyslogServer.Udp();
        await using var desk = await AuditDesk.CreateAsync(Settings("Udp", "127.0.0.1", server.Port));
        await desk.WriteAsync(2);
        await desk.AddAsync(1);

        await ForwardAsync<SyslogTarget>(desk);
        await ForwardAsync<SyslogTarget>(desk);

        await Patience.UntilAsync(() => server.Messages.Count == 2);
        var first = Syslog().Match(server.Messages[0]);
        Assert.True(first.Success, server.Messages[0]);
        var entry = (await desk.EntriesAsync())[0];
        var json = JsonDocument.Parse(first.Groups["message"].Value).RootElement;
        Assert.Equal("2026-11-22T12:00:00.000000Z", first.Groups["at"].Value);
        Assert.Equal(
            ("1", "Ana", "admin", "192.0.2.1", "Exports.Changed", "1", "1", "Run 1"),
            (
                Text(json, "sequence"),
                Text(json, "person"),
                Text(json, "personId"),
                Text(json, "from"),
                Text(json, "action"),
                Text(json, "item"),
                Text(json, "itemId"),
                Text(json, "detail")
            )
        );
        Assert.Equal(Convert.ToHexStringLower(entry.Hash!), Text(json, "hash"));
        Assert.Contains("\"sequence\":2,", server.Messages[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Syslog_over_TCP_goes_on_where_it_stopped_when_the_server_is_back()
    {
        int port;
        await using (var gone = SyslogServer.Tcp())
            port = gone.Port;
        await using var desk = await AuditDesk.CreateAsync(Settings("Tcp", "127.0.0.1", port));
        await desk.WriteAsync(150);
        await Assert.ThrowsAsync<ForwardingException>(() => ForwardAsync<SyslogTarget>(desk));

        await using var server = SyslogServer.Tcp();
        var target = Target(Settings("Tcp", "127.0.0.1", server.Port));
        var forwarding = desk.Product.Get<AuditForwarding>();
        Assert.True(await forwarding.ForwardAsync(target, Cancel));
        Assert.False(await forwarding.ForwardAsync(target, Cancel));
        await desk.WriteAsync(1);
        await forwarding.ForwardAsync(target, Cancel);

        await Patience.UntilAsync(() => server.Messages.Count == 151);
        Assert.Equal(Enumerable.Range(1, 151), server.Messages.Select(SequenceOf));
    }

    [Fact]
    public async Task Syslog_over_TLS_is_sent_only_to_a_server_whose_certificate_is_trusted()
    {
        using var authority = new TestAuthority();
        await using var server = SyslogServer.Tcp(authority.Server);
        await using var desk = await AuditDesk.CreateAsync(
            Settings("Tls", "localhost", server.Port, ("CertificateAuthority", authority.PemFile))
        );
        await desk.WriteAsync(2);

        var untrusted = Target(Settings("Tls", "localhost", server.Port));
        await Assert.ThrowsAsync<ForwardingException>(() => desk.Product.Get<AuditForwarding>().ForwardAsync(untrusted, Cancel));
        Assert.Empty(server.Messages);
        await ForwardAsync<SyslogTarget>(desk);

        await Patience.UntilAsync(() => server.Messages.Count == 2);
        Assert.Equal([1, 2], server.Messages.Select(SequenceOf));
    }

    [Fact]
    public async Task A_webhook_gets_signed_entries_again_until_it_accepts_them()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AuditDesk.CreateAsync(Webhook(receiver));
        await desk.WriteAsync(2);
        receiver.Status = HttpStatusCode.ServiceUnavailable;
        var fault = await Assert.ThrowsAsync<ForwardingException>(() => ForwardAsync<WebhookTarget>(desk));
        receiver.Status = HttpStatusCode.NoContent;

        await ForwardAsync<WebhookTarget>(desk);
        await ForwardAsync<WebhookTarget>(desk);

        Assert.Equal("The webhook at 127.0.0.1 answered with status 503.", fault.Message);
        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(receiver.Requests[0].Text, receiver.Requests[1].Text);
        Assert.All(receiver.Requests, request => Assert.Equal("audit-1-2", request.Delivery));
        Assert.Equal(
            WebhookSignature.Of(
                WebhookReceiver.Secret,
                desk.Clock.GetUtcNow(),
                System.Text.Encoding.UTF8.GetBytes(receiver.Requests[1].Text)
            ),
            receiver.Requests[1].Signature
        );
    }

    [Fact]
    public async Task After_a_restore_all_entries_are_forwarded_again()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AuditDesk.CreateAsync(Webhook(receiver));
        await desk.WriteAsync(3);
        await ForwardAsync<WebhookTarget>(desk);

        // The end is from a backup, and the position is not.
        await desk.TamperAsync("""DELETE FROM "AuditEntries" WHERE "Sequence" = 3""");
        await ForwardAsync<WebhookTarget>(desk);

        Assert.Equal(["audit-1-3", "audit-1-2"], receiver.Requests.Select(request => request.Delivery));
    }

    [Fact]
    public async Task The_check_says_when_forwarding_is_behind()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AuditDesk.CreateAsync(Webhook(receiver));
        await desk.WriteAsync(1);

        Assert.Equal(FindingLevel.Ok, (await CheckAsync(desk)).Level);
        desk.Clock.Advance(TimeSpan.FromMinutes(16));
        var late = await CheckAsync(desk);
        Assert.Equal((FindingLevel.Warning, "webhook"), (late.Level, late.Subject));
        Assert.Contains("entries since 2026-11-22 12:00:00Z", late.Message, StringComparison.Ordinal);
        await ForwardAsync<WebhookTarget>(desk);
        Assert.Equal(FindingLevel.Ok, (await CheckAsync(desk)).Level);
    }

    [Fact]
    public async Task The_application_forwards_soon_after_an_entry_was_sealed_and_again_after_a_fault()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Status = HttpStatusCode.InternalServerError;
        await using var desk = await AuditDesk.CreateAsync(Webhook(receiver));
        await desk.Product.StartAsync();
        await desk.WriteAsync(1);

        await StepUntilAsync(desk, () => receiver.Requests.Count > 0);
        receiver.Status = HttpStatusCode.OK;
        await StepUntilAsync(desk, () => receiver.Requests.Count > 1);

        Assert.Equal(receiver.Requests[0].Text, receiver.Requests[1].Text);
    }

    [Theory]
    [InlineData("Syslog:Host", "not a host!", "Syslog:Host")]
    [InlineData("Syslog:Port", "0", "Syslog:Port")]
    [InlineData("Syslog:CertificateAuthority", "/nowhere.pem", "Syslog:CertificateAuthority")]
    [InlineData("Webhook:Url", "http://siem.example", "Webhook:Url")]
    [InlineData("Webhook:Url", "https://siem.example", "Webhook:Secret")]
    public void Wrong_settings_are_named(string key, string value, string named)
    {
        var options = Options(new() { [$"AuditForwarding:{key}"] = value });

        Assert.Contains(
            named,
            Assert.Single(
                new ForwardingOptions.Validator().Validate(null, options).Failures!,
                fault => fault.Contains(named, StringComparison.Ordinal)
            ),
            StringComparison.Ordinal
        );
    }

    private static Task<bool> ForwardAsync<TTarget>(AuditDesk desk)
        where TTarget : class, IAuditTarget => desk.Product.Get<AuditForwarding>().ForwardAsync(desk.Product.Get<TTarget>(), Cancel);

    private static async Task<Finding> CheckAsync(AuditDesk desk)
    {
        var findings = new List<Finding>();
        await foreach (var finding in desk.Product.Get<ForwardingCheck>().RunAsync(Cancel))
            findings.Add(finding);
        return Assert.Single(findings);
    }

    private static Task StepUntilAsync(AuditDesk desk, Func<bool> moment) =>
        Patience.UntilAsync(() => Task.FromResult(moment()), () => desk.Clock.Advance(TimeSpan.FromMilliseconds(200)));

    private static SyslogTarget Target(Dictionary<string, string?> settings) =>
        new(Microsoft.Extensions.Options.Options.Create(Options(settings)));

    private static ForwardingOptions Options(Dictionary<string, string?> settings) =>
        Microsoft.Extensions.Configuration.ConfigurationBinder.Get<ForwardingOptions>(
            new Microsoft.Extensions.Configuration.ConfigurationBuilder()
                .Add(new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = settings })
                .Build()
                .GetSection(ForwardingOptions.Section)
        )!;

    private static Dictionary<string, string?> Settings(string transport, string host, int port, params (string Key, string Value)[] more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["AuditForwarding:Syslog:Host"] = host,
            ["AuditForwarding:Syslog:Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["AuditForwarding:Syslog:Transport"] = transport,
        };
        foreach (var (key, value) in more)
            settings[$"AuditForwarding:Syslog:{key}"] = value;
        return settings;
    }

    private static Dictionary<string, string?> Webhook(WebhookReceiver receiver) =>
        new()
        {
            ["AuditForwarding:Webhook:Url"] = new Uri(receiver.Address, "audit").ToString(),
            ["AuditForwarding:Webhook:Secret"] = WebhookReceiver.Secret,
        };

    private static string Text(JsonElement json, string name) => json.GetProperty(name).ToString();

    private static int SequenceOf(string message) =>
        JsonDocument.Parse(Syslog().Match(message).Groups["message"].Value).RootElement.GetProperty("sequence").GetInt32();

    // RFC 5424: priority 109 is log audit, notice.
    [GeneratedRegex(@"\A<109>1 (?<at>\S+) (?<host>\S+) klaviyo-export - audit - (?<message>\{.*\})\z")]
    private static partial Regex Syslog();
}
