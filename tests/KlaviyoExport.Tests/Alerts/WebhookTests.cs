using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Runs;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>Webhooks over real HTTP.</summary>
public sealed class WebhookTests
{
    private static readonly Dictionary<string, string?> Settings = new() { ["Alerts:PublicAddress"] = "https://exports.shop.example" };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alerts_are_posted_in_the_documented_form_with_a_signature_of_the_body()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(Settings);
        await receiver.AddToAsync(desk, WebhookFormat.Json);
        var run = await desk.AddRunAsync(RunState.FailedPermanent);

        await desk.LookAndSendAsync();

        var request = Assert.Single(receiver.Requests);
        AssertSigned(request, desk.Clock.GetUtcNow());
        using var body = JsonDocument.Parse(request.Text);
        Assert.Equal(request.Delivery, body.RootElement.GetProperty("id").GetString());
        var alert = Assert.Single(body.RootElement.GetProperty("alerts").EnumerateArray());
        Assert.Equal("run_failed", alert.GetProperty("reason").GetString());
        Assert.Equal("2026-11-22T12:00:00Z", alert.GetProperty("at").GetString());
        Assert.Equal("export", alert.GetProperty("subject").GetProperty("type").GetString());
        Assert.Equal(desk.ExportId, alert.GetProperty("subject").GetProperty("id").GetInt32());
        Assert.Equal(run, alert.GetProperty("run_id").GetInt32());
        Assert.Equal("The export “Newsletter” failed", alert.GetProperty("title").GetString());
        Assert.Equal($"https://exports.shop.example/runs/{run}", alert.GetProperty("url").GetString());
    }

    [Fact]
    public async Task A_receiver_that_fails_gets_the_same_message_again_with_the_same_id()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(Settings);
        await receiver.AddToAsync(desk, WebhookFormat.Json);
        await desk.AddRunAsync(RunState.FailedPermanent);
        receiver.Status = HttpStatusCode.InternalServerError;
        await desk.LookAndSendAsync();
        // What is raised meanwhile does not change the message that may have arrived.
        await desk.AddRunAsync(RunState.Successful);
        await desk.LookAsync();
        receiver.Status = HttpStatusCode.OK;
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await desk.SendAsync();
        desk.Clock.Advance(TimeSpan.FromDays(1));
        await desk.SendAsync();

        Assert.Equal(3, receiver.Requests.Count);
        Assert.Equal(receiver.Requests[0].Text, receiver.Requests[1].Text);
        Assert.Equal(receiver.Requests[0].Delivery, receiver.Requests[1].Delivery);
        Assert.NotEqual(receiver.Requests[0].Signature, receiver.Requests[1].Signature);
        Assert.Contains("recovered", receiver.Requests[2].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://[::ffff:169.254.169.254]/")]
    [InlineData("https://100.100.100.200/")]
    public async Task Nothing_is_sent_to_a_service_for_the_machine_itself(string address)
    {
        await using var desk = await AlertDesk.CreateAsync(Settings);
        var webhooks = desk.Product.Get<WebhookService>();
        await webhooks.AddAsync(
            Product.Administrator,
            new NewWebhook("Metadata", address, WebhookFormat.Json, "sixteen characters"),
            Cancel
        );
        var id = (await webhooks.ListAsync(Product.Administrator, Cancel)).Single().Id;

        var result = await webhooks.TestAsync(Product.Administrator, id, Cancel);

        Assert.Contains("internal services of this machine", result.Fault?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(Settings);
        await receiver.AddToAsync(desk, WebhookFormat.Json);
        receiver.Status = HttpStatusCode.TemporaryRedirect;
        var id = (await desk.Product.Get<WebhookService>().ListAsync(Product.Administrator, Cancel)).Single().Id;

        var result = await desk.Product.Get<WebhookService>().TestAsync(Product.Administrator, id, Cancel);

        Assert.Equal("127.0.0.1 answered with status 307.", result.Fault?.ToString());
        Assert.Equal("/hook", Assert.Single(receiver.Requests).Path);
    }

    [Theory]
    [InlineData(WebhookFormat.Slack)]
    [InlineData(WebhookFormat.Teams)]
    public async Task Slack_and_Teams_get_a_message_that_they_show(WebhookFormat format)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(Settings);
        await desk.ChangeAsync<KlaviyoExport.Exports.Export>(_ => true, export => export.Name = "R&D <all>");
        await receiver.AddToAsync(desk, format);
        var run = await desk.AddRunAsync(RunState.FailedPermanent);

        await desk.LookAndSendAsync();

        using var body = JsonDocument.Parse(Assert.Single(receiver.Requests).Text);
        if (format == WebhookFormat.Slack)
        {
            Assert.Equal("The export “R&amp;D &lt;all&gt;” failed", body.RootElement.GetProperty("text").GetString());
            var block = Assert.Single(body.RootElement.GetProperty("blocks").EnumerateArray());
            Assert.Equal("section", block.GetProperty("type").GetString());
            Assert.Contains(
                $"<https://exports.shop.example/runs/{run}|Open>",
                block.GetProperty("text").GetProperty("text").GetString(),
                StringComparison.Ordinal
            );
        }
        else
        {
            Assert.Equal("message", body.RootElement.GetProperty("type").GetString());
            var attachment = Assert.Single(body.RootElement.GetProperty("attachments").EnumerateArray());
            Assert.Equal("application/vnd.microsoft.card.adaptive", attachment.GetProperty("contentType").GetString());
            var blocks = attachment.GetProperty("content").GetProperty("body").EnumerateArray().ToList();
            Assert.Equal("The export “R&D <all>” failed", blocks[0].GetProperty("text").GetString());
            Assert.Equal($"https://exports.shop.example/runs/{run}", blocks[^1].GetProperty("actions")[0].GetProperty("url").GetString());
        }
    }

    [Theory]
    [InlineData("http://hooks.shop.example/x", "Alerts.WebhookAddress")]
    [InlineData("https://user@hooks.shop.example/x", "Alerts.WebhookAddress")]
    [InlineData("ftp://hooks.shop.example/x", "Alerts.WebhookAddress")]
    [InlineData("https://hooks.shop.example/x", "Alerts.WebhookSecret")]
    public async Task An_address_must_be_encrypted_and_the_own_format_signed(string url, string message)
    {
        await using var desk = await AlertDesk.CreateAsync(Settings);
        var fault = await Assert.ThrowsAsync<LocalizedException>(() =>
            desk
                .Product.Get<WebhookService>()
                .AddAsync(Product.Administrator, new NewWebhook("Hook", url, WebhookFormat.Json, "short"), Cancel)
        );

        Assert.Equal(message, fault.LocalizedMessage.Code);
    }

    [Fact]
    public async Task The_address_and_the_secret_are_encrypted_in_the_store()
    {
        await using var desk = await AlertDesk.CreateAsync(Settings);
        await desk
            .Product.Get<WebhookService>()
            .AddAsync(
                Product.Administrator,
                new NewWebhook("Slack", "https://hooks.slack.example/T0/s3cret", WebhookFormat.Slack, "sixteen characters"),
                Cancel
            );

        await using var db = await desk.Product.OpenAsync();
        var stored = await db.Set<AlertWebhook>().SingleAsync(Cancel);
        Assert.Equal("hooks.slack.example", stored.Host);
        Assert.DoesNotContain("s3cret", Encoding.UTF8.GetString(stored.Url), StringComparison.Ordinal);
        Assert.DoesNotContain("sixteen", Encoding.UTF8.GetString(stored.Secret!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_waits_is_posted_to_the_changed_address_with_the_kept_secret()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(Settings);
        var webhooks = desk.Product.Get<WebhookService>();
        var id = await webhooks.AddAsync(
            Product.Administrator,
            new NewWebhook("Hook", "http://127.0.0.1:9", WebhookFormat.Slack, WebhookReceiver.Secret),
            Cancel
        );
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();

        await webhooks.SaveAsync(
            Product.Administrator,
            new WebhookChanges(id, receiver.Address.ToString(), WebhookFormat.Json, IsSigned: true, Secret: null, IsOn: true),
            Cancel
        );
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await desk.SendAsync();

        AssertSigned(Assert.Single(receiver.Requests), desk.Clock.GetUtcNow());
        var fault = await Assert.ThrowsAsync<LocalizedException>(() =>
            webhooks.SaveAsync(
                Product.Administrator,
                new WebhookChanges(id, null, WebhookFormat.Json, IsSigned: false, Secret: null, IsOn: true),
                Cancel
            )
        );
        Assert.Equal("Alerts.WebhookSecret", fault.LocalizedMessage.Code);
    }

    [Fact]
    public async Task A_webhook_that_is_off_or_removed_gets_nothing()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(Settings);
        await receiver.AddToAsync(desk, WebhookFormat.Json);
        var webhooks = desk.Product.Get<WebhookService>();
        var id = (await webhooks.ListAsync(Product.Administrator, Cancel)).Single().Id;
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        await webhooks.TurnAsync(Product.Administrator, id, isOn: false, Cancel);
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await desk.SendAsync();
        await desk.AddRunAsync(RunState.Successful);
        await desk.LookAndSendAsync();
        await webhooks.RemoveAsync(Product.Administrator, id, Cancel);

        Assert.Empty(receiver.Requests);
        Assert.Empty(await desk.OutboxAsync());
    }

    private static void AssertSigned(ReceivedRequest request, DateTimeOffset at)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(WebhookReceiver.Secret), Encoding.UTF8.GetBytes($"{seconds}.{request.Text}"));
        Assert.Equal($"t={seconds},v1={Convert.ToHexStringLower(hash)}", request.Signature);
    }
}
