using System.Net;
using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SmtpServer.Protocol;

namespace KlaviyoExport.Tests.Alerts;

/// <summary>Mails over a real connection to a mail server.</summary>
public sealed class MailTests : IDisposable
{
    private static readonly (string, string) Account = ("exports", "practice-makes-perfect");

    private readonly TestAuthority _authority = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("StartTls", false)]
    [InlineData("Tls", true)]
    [InlineData("Auto", false)]
    public async Task A_mail_arrives_over_TLS_with_a_password(string security, bool tlsFromStart)
    {
        await using var server = MailServer.Start(_authority.Server, tlsFromStart, Account);
        await using var desk = await AlertDesk.CreateAsync(Secured(server, security));
        var run = await desk.AddRunAsync(RunState.FailedPermanent);

        await desk.LookAndSendAsync();

        Assert.All((await desk.OutboxAsync()).Select(message => message.Error?.ToString()), Assert.Null);
        Assert.Equal(2, server.Mails.Count);
        var mail = server.Mails[0];
        Assert.Equal("[Klaviyo Export] The export “Newsletter” failed", mail.Subject);
        Assert.Equal("exports@shop.example", mail.From.Mailboxes.Single().Address);
        Assert.All(
            new[] { mail.TextBody, mail.HtmlBody },
            body => Assert.Contains($"https://exports.shop.example/klaviyo/runs/{run}", body, StringComparison.Ordinal)
        );
        Assert.Equal(
            ["admin@staff.example", "carla@staff.example"],
            server.Mails.Select(sent => sent.To.Mailboxes.Single().Address).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("en", "If you do not know of this")]
    [InlineData("sr-Cyrl", "Ако за ово не знате")]
    [InlineData("ca", "Si no en sabeu res")]
    public async Task A_mail_says_what_was_changed_about_the_account_and_what_to_do(string language, string note)
    {
        await using var server = MailServer.Start();
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        await desk.ChangePeopleAsync(user => user.Language = language);
        OutboxLetter[] letters = [.. Enum.GetValues<OutboxLetter>().Where(letter => letter > OutboxLetter.PasswordReset)];
        await using (var db = await desk.Product.OpenAsync())
        {
            foreach (var letter in letters)
                desk.Product.Get<AccountMails>().Add(db, Product.Viewer.Id, letter);
            await db.SaveAsync(Cancel);
        }

        await desk.SendAsync();

        Assert.Equal(letters.Length, server.Mails.Select(mail => mail.Subject).Distinct().Count());
        Assert.All(
            server.Mails,
            mail =>
            {
                Assert.StartsWith(Product.Viewer.Id, mail.To.Mailboxes.Single().Address, StringComparison.Ordinal);
                Assert.DoesNotContain("Mail.", mail.Subject + mail.TextBody, StringComparison.Ordinal);
                Assert.Contains(note, mail.TextBody, StringComparison.Ordinal);
                Assert.Contains("UTC", mail.TextBody, StringComparison.Ordinal);
                Assert.Contains("https://exports.shop.example/klaviyo/account/security", mail.TextBody, StringComparison.Ordinal);
            }
        );
    }

    [Theory]
    [InlineData("Shop\r\nBcc: evil@evil.example\r\n\r\n<h1>x</h1>")]
    [InlineData("Shop\nBcc: evil@evil.example")]
    [InlineData("Shop\rBcc: evil@evil.example")]
    [InlineData("Shop\r\n.\r\nMAIL FROM:<evil@evil.example>")]
    [InlineData("Shop\0\u001B[31m")]
    [InlineData("\"><script>alert(1)</script><img src=x onerror=alert(2)>")]
    [InlineData("=?utf-8?Q?=0D=0ABcc:_evil@evil.example?=")]
    public async Task A_name_adds_no_header_no_receiver_and_no_markup_to_a_mail(string name)
    {
        await using var server = MailServer.Start(_authority.Server, account: Account);
        await using var desk = await AlertDesk.CreateAsync(Secured(server, "StartTls"));
        await desk.ChangeAsync<KlaviyoExport.Exports.Export>(_ => true, export => export.Name = name);
        foreach (var email in (string[])["admin@staff.example", "carla@staff.example"])
            await desk.ChangeAsync<AppUser>(person => person.Email == email, person => person.DisplayName = name);
        await desk.AddRunAsync(RunState.FailedPermanent);

        await desk.LookAndSendAsync();

        Assert.Equal(2, server.Mails.Count);
        Assert.All(
            server.Mails,
            mail =>
            {
                Assert.DoesNotContain(mail.Headers, header => header.Field.Equals("Bcc", StringComparison.OrdinalIgnoreCase));
                Assert.EndsWith("@staff.example", mail.To.Mailboxes.Single().Address, StringComparison.Ordinal);
                Assert.StartsWith("[Klaviyo Export] The export", mail.Subject, StringComparison.Ordinal);
                Assert.DoesNotContain(mail.Subject!, letter => letter is '\r' or '\n');
                Assert.DoesNotContain("<script", mail.HtmlBody, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("<img", mail.HtmlBody, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("<h1>x", mail.HtmlBody, StringComparison.OrdinalIgnoreCase);
            }
        );
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_whose_certificate_is_not_trusted()
    {
        await using var server = MailServer.Start(_authority.Server, account: Account);
        var settings = Secured(server, "StartTls");
        settings.Remove("Mail:TrustedCertificate");
        await using var desk = await AlertDesk.CreateAsync(settings);

        var result = await desk.Product.Get<AlertService>().TestMailAsync(Product.Administrator, Cancel);

        Assert.Equal("Alerts.MailTls", result.Fault?.Code);
        Assert.Empty(server.Mails);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_whose_certificate_has_another_name()
    {
        using var authority = new TestAuthority("mail.shop.example");
        await using var server = MailServer.Start(authority.Server, account: Account);
        var settings = Secured(server, "StartTls");
        settings["Mail:TrustedCertificate"] = authority.PemFile;
        await using var desk = await AlertDesk.CreateAsync(settings);

        var result = await desk.Product.Get<AlertService>().TestMailAsync(Product.Administrator, Cancel);

        Assert.Equal("Alerts.MailTls", result.Fault?.Code);
    }

    [Fact]
    public async Task Nothing_is_sent_in_clear_text_to_a_server_that_offers_no_STARTTLS()
    {
        await using var server = MailServer.Start();
        await using var desk = await AlertDesk.CreateAsync(Secured(server, "StartTls"));

        var result = await desk.Product.Get<AlertService>().TestMailAsync(Product.Administrator, Cancel);

        Assert.Equal("Alerts.MailNotOffered", result.Fault?.Code);
    }

    [Fact]
    public async Task A_test_mail_shows_what_the_server_answered()
    {
        await using var server = MailServer.Start(_authority.Server, account: Account);
        var settings = Secured(server, "StartTls");
        await using (var desk = await AlertDesk.CreateAsync(settings))
        {
            var sent = await desk.Product.Get<AlertService>().TestMailAsync(Product.Administrator, Cancel);
            Assert.True(sent.IsSent);
            Assert.Equal("Ok", sent.Answer, ignoreCase: true);
            Assert.Equal("admin@staff.example", Assert.Single(server.Mails).To.Mailboxes.Single().Address);

            server.Refusal = new SmtpResponse(SmtpReplyCode.MailboxUnavailable, "unknown user ghost@staff.example");
            var refused = await desk.Product.Get<AlertService>().TestMailAsync(Product.Administrator, Cancel);
            Assert.Equal("The mail server refused the mail (550): unknown user …", refused.Fault?.ToString());
        }
        settings["Mail:Password"] = "wrong";
        await using (var desk = await AlertDesk.CreateAsync(settings))
        {
            var refused = await desk.Product.Get<AlertService>().TestMailAsync(Product.Administrator, Cancel);
            Assert.Equal("Alerts.MailSignIn", refused.Fault?.Code);
        }
    }

    [Fact]
    public async Task Each_person_reads_their_own_language()
    {
        await using var server = MailServer.Start();
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        await desk.Product.Get<OwnAlerts>().SaveAsync(Product.Contributor, new OwnAlertSettings([], [], "ca"), Cancel);
        await using (var db = await desk.Product.OpenAsync())
        {
            db.Set<Setting>().Add(new Setting { Name = SettingNames.Language, Value = "sr-Cyrl" });
            await db.SaveChangesAsync(Cancel);
        }
        await desk.AddRunAsync(RunState.FailedPermanent);

        await desk.LookAndSendAsync();

        var texts = server.Mails.ToDictionary(mail => mail.To.Mailboxes.Single().Address);
        Assert.Equal("[Klaviyo Export] Извоз „Newsletter“ није успео", texts["admin@staff.example"].Subject);
        Assert.Equal("[Klaviyo Export] L’exportació «Newsletter» ha fallat", texts["carla@staff.example"].Subject);
        Assert.Contains("lang=\"ca\"", texts["carla@staff.example"].HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_address_of_a_customer_is_in_a_message()
    {
        await using var server = MailServer.Start();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        await receiver.AddToAsync(desk, WebhookFormat.Json);
        await desk.AddRunAsync(
            RunState.FailedPermanent,
            outcome: new LocalizedMessage("Delivery.CountsDiffer", "anna@customer.example", 3)
        );
        await desk.ChangeAsync<Source>(
            _ => true,
            source => source.LastError = new LocalizedMessage("Sources.DatabaseBusy", "<b@customer.example>")
        );

        await desk.LookAndSendAsync();

        Assert.NotEmpty(server.Mails);
        Assert.NotEmpty(receiver.Requests);
        Assert.All(server.Mails, mail => Assert.DoesNotContain("@customer.example", mail.TextBody + mail.HtmlBody + mail.Subject));
        Assert.All(receiver.Requests, request => Assert.DoesNotContain("@customer.example", request.Text));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_tried_again_for_a_day_and_then_given_up_for_an_administrator_to_see()
    {
        await using var server = MailServer.Start();
        server.Refusal = new SmtpResponse(SmtpReplyCode.ServiceUnavailable, "busy");
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        await desk.SetExportAsync(settings => settings.TellsOwner = false);
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();

        var pauses = new List<double>();
        for (var next = (DateTimeOffset?)(desk.Clock.GetUtcNow() + TimeSpan.FromMinutes(1)); next is { } at; next = await desk.SendAsync())
        {
            pauses.Add((at - desk.Clock.GetUtcNow()).TotalMinutes);
            desk.Clock.SetUtcNow(at);
        }

        Assert.Equal([1, 1, 5, 15, 60, 180, 360, 780], pauses);
        var service = desk.Product.Get<AlertService>();
        var troubled = Assert.Single((await service.OutboxAsync(Product.Administrator, Cancel)).Troubled);
        Assert.Null(troubled.NextAt);
        Assert.Equal("Ana", troubled.To);

        server.Refusal = null;
        await service.SendAgainAsync(Product.Administrator, troubled.Id, Cancel);
        await desk.SendAsync();
        Assert.Single(server.Mails);
        Assert.Empty((await service.OutboxAsync(Product.Administrator, Cancel)).Troubled);
    }

    [Fact]
    public async Task A_kill_before_the_mail_is_sent_loses_it_not_and_sends_it_once()
    {
        await using var server = MailServer.Start();
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        await desk.SetExportAsync(settings => settings.TellsOwner = false);
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();

        // Another process on the same store, started after the first one was killed.
        using var started = desk.Product.AnotherNode();
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        await started.Services.GetRequiredService<KlaviyoExport.Alerts.Watching.AlertWatch>().LookAsync(Cancel);
        await started.Services.GetRequiredService<KlaviyoExport.Alerts.Sending.OutboxSender>().SendDueAsync(Cancel);
        await desk.LookAndSendAsync();

        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_mail_whose_acceptance_was_not_stored_is_sent_again_with_the_same_id()
    {
        await using var server = MailServer.Start();
        await using var desk = await AlertDesk.CreateAsync(server.Settings);
        await desk.SetExportAsync(settings => settings.TellsOwner = false);
        await desk.AddRunAsync(RunState.FailedPermanent);
        await desk.LookAsync();
        desk.Clock.Advance(TimeSpan.FromMinutes(1));
        // The process is killed when the server has accepted the mail: nothing that it does afterwards reaches the store.
        using var kill = new CancellationTokenSource();
        server.Accepted = kill.Cancel;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            desk.Product.Get<KlaviyoExport.Alerts.Sending.OutboxSender>().SendDueAsync(kill.Token)
        );
        server.Accepted = null;

        using var started = desk.Product.AnotherNode();
        var sender = started.Services.GetRequiredService<KlaviyoExport.Alerts.Sending.OutboxSender>();
        await sender.SendDueAsync(Cancel);
        Assert.Single(server.Mails);
        desk.Clock.Advance(KlaviyoExport.Alerts.Sending.OutboxSender.Hold);
        await sender.SendDueAsync(Cancel);
        desk.Clock.Advance(TimeSpan.FromDays(1));
        await sender.SendDueAsync(Cancel);

        Assert.Equal(2, server.Mails.Count);
        Assert.Single(server.Mails.Select(mail => mail.MessageId).Distinct());
    }

    [Fact]
    public async Task Microsoft_365_is_signed_in_to_with_a_token_of_the_application()
    {
        await using var tokens = await WebhookReceiver.StartAsync();
        tokens.Body = """{"access_token":"t0ken","expires_in":3600}""";
        await using var server = TokenMailServer.Start("exports@shop.example", "t0ken");
        var settings = new Dictionary<string, string?>
        {
            ["Mail:Host"] = "localhost",
            ["Mail:Port"] = server.Port,
            ["Mail:From"] = "exports@shop.example",
            ["Mail:User"] = "exports@shop.example",
            ["Mail:OAuth2:ClientId"] = "app",
            ["Mail:OAuth2:ClientSecret"] = "practice",
            ["Mail:OAuth2:TokenUrl"] = tokens.Address.ToString(),
            ["Alerts:PublicAddress"] = "https://exports.shop.example",
        };
        await using var desk = await AlertDesk.CreateAsync(settings);
        var service = desk.Product.Get<AlertService>();

        Assert.Null((await service.TestMailAsync(Product.Administrator, Cancel)).Fault?.ToString());
        Assert.Null((await service.TestMailAsync(Product.Administrator, Cancel)).Fault?.ToString());

        // The token is used until it expires.
        Assert.Equal(
            "grant_type=client_credentials&client_id=app&client_secret=practice&scope=https%3A%2F%2Foutlook.office365.com%2F.default",
            Assert.Single(tokens.Requests).Text
        );
        Assert.Equal(2, server.Accepted);

        desk.Clock.Advance(TimeSpan.FromHours(1));
        tokens.Status = HttpStatusCode.Unauthorized;
        Assert.Equal("Alerts.MailToken", (await service.TestMailAsync(Product.Administrator, Cancel)).Fault?.Code);
    }

    private Dictionary<string, string?> Secured(MailServer server, string security) =>
        new(server.Settings)
        {
            ["Mail:Security"] = security,
            ["Mail:User"] = Account.Item1,
            ["Mail:Password"] = Account.Item2,
            ["Mail:TrustedCertificate"] = _authority.PemFile,
        };
}
