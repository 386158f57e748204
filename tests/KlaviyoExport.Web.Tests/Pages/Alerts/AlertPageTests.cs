using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Web.Pages.Alerts;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Alerts;

/// <summary>The pages on which people set what they are told.</summary>
public sealed class AlertPageTests
{
    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_administrator_changes_the_settings_of_the_installation()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        var page = context.Ui.Render<AlertSettingsPage>();
        await PageContext.UntilAsync(() => page.FindAll("#by-mail").Count == 1);

        page.Find("#by-mail").Change(false);
        page.Find("#share").Change("12.5");
        await page.Find("form").SubmitAsync();

        await PageContext.UntilAsync(() => page.FindAll(".alert-success").Count == 1);
        await using var db = await context.OpenAsync();
        var saved = await db.Set<AlertSettings>().SingleAsync(Cancel);
        Assert.Equal((false, true, 12.5), (saved.ByMail, saved.ByBell, saved.WarningShare));
        Assert.Contains("No mail server is configured", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_mail_shows_the_answer_of_the_mail_server()
    {
        await using var server = MailServer.Start();
        await using var context = await PageContext.CreateAsync(Role.Administrator, settings: server.Settings);
        await using (var db = await context.OpenAsync())
            await db.Set<AppUser>().ExecuteUpdateAsync(set => set.SetProperty(user => user.Email, "ana@staff.example"), Cancel);
        var card = context.Ui.Render<MailCard>();

        await card.Find("button").ClickAsync(new());

        await PageContext.UntilAsync(() => card.FindAll(".alert-success").Count == 1);
        Assert.Contains("answered: Ok", card.Find(".alert-success").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Single(server.Mails);
    }

    [Fact]
    public async Task A_webhook_is_added_tried_and_removed()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        var card = context.Ui.Render<WebhooksCard>();
        card.Find("#webhook-name").Change("Ops");
        card.Find("#webhook-url").Change("http://127.0.0.1:9/hook");
        card.Find("#webhook-secret").Change("short");
        await card.Find("form").SubmitAsync();
        await PageContext.UntilAsync(() => card.FindAll(".alert-danger").Count == 1);
        Assert.Contains("at least 16", card.Find(".alert-danger").TextContent, StringComparison.Ordinal);

        card.Find("#webhook-secret").Change("sixteen characters");
        await card.Find("form").SubmitAsync();
        await PageContext.UntilAsync(() => card.FindAll("tbody tr").Count == 1);
        Assert.DoesNotContain("/hook", card.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.Empty(card.Find("#webhook-secret").GetAttribute("value") ?? "");

        await Button(card, "Test: send a message to Ops").ClickAsync(new());
        await PageContext.UntilAsync(() => card.FindAll(".alert-danger").Count == 1);
        Assert.Contains("127.0.0.1 cannot be reached", card.Find(".alert-danger").TextContent, StringComparison.Ordinal);

        context.Answer(yes: true);
        await Button(card, "Remove Ops").ClickAsync(new());
        await PageContext.UntilAsync(() => card.FindAll("tbody tr").Count == 0);
        Assert.Empty(
            await context.Ui.Services.GetRequiredService<WebhookService>().ListAsync(new Actor("x", "Ana", Role.Administrator), Cancel)
        );
    }

    [Fact]
    public async Task A_message_that_was_given_up_is_shown_and_sent_again()
    {
        await using var context = await PageContext.CreateAsync(Role.Administrator);
        await using (var db = await context.OpenAsync())
        {
            db.Set<OutboxMessage>()
                .Add(
                    new OutboxMessage
                    {
                        Key = "k",
                        UserId = await db.Set<AppUser>().Select(user => user.Id).SingleAsync(Cancel),
                        Attempts = 8,
                        GaveUpAt = context.Clock.GetUtcNow(),
                        Error = new LocalizedMessage("Alerts.MailTls"),
                    }
                );
            await db.SaveChangesAsync(Cancel);
        }
        var card = context.Ui.Render<OutboxCard>();
        await PageContext.UntilAsync(() => card.FindAll("tbody tr").Count == 1);
        Assert.Contains("Not sent again", card.Find("tbody").TextContent, StringComparison.Ordinal);
        Assert.Contains("Mail:TrustedCertificate", card.Find("tbody").TextContent, StringComparison.Ordinal);

        await Button(card, "Send again: the message to Ana").ClickAsync(new());

        await PageContext.UntilAsync(() => card.Find("p").TextContent.Contains('1', StringComparison.Ordinal));
        await using var after = await context.OpenAsync();
        Assert.Null((await after.Set<OutboxMessage>().SingleAsync(Cancel)).GaveUpAt);
    }

    [Fact]
    public async Task A_person_chooses_what_arrives_by_mail_and_what_in_the_bell()
    {
        await using var context = await PageContext.CreateAsync(Role.Viewer);
        var page = context.Ui.Render<OwnAlertsPage>();
        await PageContext.UntilAsync(() => page.FindAll("tbody tr").Count > 0);
        Assert.DoesNotContain("source", page.Find("tbody").TextContent, StringComparison.Ordinal);

        page.Find("[aria-label='By email: A run failed permanently']").Change(false);
        page.Find("#mail-language").Change("ca");
        await page.Find("form").SubmitAsync();

        await PageContext.UntilAsync(() => page.FindAll(".alert-success").Count == 1);
        await using var db = await context.OpenAsync();
        var saved = await db.Set<AlertPreferences>().SingleAsync(Cancel);
        Assert.Equal([AlertReason.RunFailed], saved.NotByMail);
        Assert.Empty(saved.NotByBell);
        Assert.Equal("ca", await db.Set<AppUser>().Select(user => user.Language).SingleAsync(Cancel));
    }

    [Theory]
    [InlineData(Role.Contributor, true)]
    [InlineData(Role.Operator, false)]
    public async Task Whoever_may_edit_an_export_sets_who_is_told_about_it(Role role, bool mayEdit)
    {
        await using var context = await PageContext.CreateAsync(role);
        var run = await context.AddRunAsync(run => run.State = RunState.Queued);
        var card = context.Ui.Render<ExportAlertsCard>(parameters => parameters.Add(own => own.ExportId, run.ExportId));
        await PageContext.UntilAsync(() => card.FindAll("section > p").Count == 1);
        Assert.Contains("Administrators, Owner", card.Find("section > p").TextContent, StringComparison.Ordinal);
        Assert.Equal(mayEdit, card.FindAll("form").Count == 1);
        if (!mayEdit)
            return;

        card.FindAll("#who-told ~ label input")[2].Change(true);
        card.Find("#export-share").Change("3");
        await card.Find("form").SubmitAsync();
        await PageContext.UntilAsync(() => card.FindAll(".alert-success").Count == 1);
        Assert.Contains("Ana", card.Find("section > p").TextContent, StringComparison.Ordinal);

        card.Find("#alerts-muted").Change(true);
        await card.Find("form").SubmitAsync();
        await PageContext.UntilAsync(() => card.Find("section > p").TextContent.StartsWith("Muted", StringComparison.Ordinal));
    }

    private static IElement Button<T>(IRenderedComponent<T> card, string name)
        where T : Microsoft.AspNetCore.Components.IComponent => card.Find($"button[aria-label='{name}']");
}
