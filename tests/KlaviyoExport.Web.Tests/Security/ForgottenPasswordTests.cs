using System.Net;
using System.Text.RegularExpressions;
using KlaviyoExport.Alerts;
using KlaviyoExport.People;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Web.Hosting.Limits;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Links to set a password that arrive by mail.</summary>
public sealed partial class ForgottenPasswordTests : IAsyncLifetime
{
    private const string Chosen = "seven green lamps";
    private MailServer _mails = default!;
    private TestApp _app = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _mails = MailServer.Start();
        _app = await TestApp.StartWithPeopleAsync([.. _mails.Settings.Select(setting => $"--{setting.Key}={setting.Value}")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _mails.DisposeAsync();
    }

    [Fact]
    public async Task A_person_who_forgot_the_password_sets_a_new_one_with_the_link_in_the_mail()
    {
        using var browser = _app.Open();
        Assert.NotNull((await browser.ReadAsync("/sign-in")).QuerySelector("a[href='forgot-password']"));
        await AskAsync(browser, "Viewer@Example.com");

        var mail = await NextMailAsync();

        Assert.Equal("viewer@example.com", mail.To.Mailboxes.Single().Address);
        Assert.Equal("[Klaviyo Export] Set a new password", mail.Subject);
        using var set = await browser.SubmitAsync(
            LinkIn(mail),
            "set-password",
            new() { ["Input.Password"] = Chosen, ["Input.Again"] = Chosen }
        );
        Assert.Equal("/sign-in?passwordSet=true", _app.LeadsTo(set));
    }

    [Fact]
    public async Task Known_and_unknown_addresses_get_the_same_answer()
    {
        using var browser = _app.Open();

        var unknown = await AskAsync(browser, "nobody@example.com");
        var known = await AskAsync(browser, "viewer@example.com");
        // A second request in five minutes sends nothing either.
        var again = await AskAsync(browser, "viewer@example.com");

        Assert.Equal(known, unknown);
        Assert.Equal(known, again);
        Assert.Equal("viewer@example.com", (await NextMailAsync()).To.Mailboxes.Single().Address);
        await _app.Services.GetRequiredService<PasswordMails>().ForgottenAsync("operator@example.com", "en", Cancel);
        await WaitForAsync(2);
        Assert.Equal("operator@example.com", _mails.Mails[1].To.Mailboxes.Single().Address);
    }

    [Fact]
    public async Task Too_many_requests_from_one_place_are_refused()
    {
        using var browser = _app.Open();
        var first = await AskAsync(browser, "nobody@example.com");
        for (var i = 1; i < new RateLimitOptions().ForgottenPasswords; i++)
            Assert.Equal(first, await AskAsync(browser, "nobody@example.com"));

        Assert.Contains("Too many requests", await AskAsync(browser, "viewer@example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_is_added_is_invited_in_the_language_of_the_administrator()
    {
        var administrator = await _app.ActorAsync(Role.Administrator);
        var id = await _app
            .Services.GetRequiredService<PeopleService>()
            .AddAsync(administrator, new NewPerson("Miles", "miles@example.com", Role.Operator), Cancel);
        await _app.Services.GetRequiredService<PasswordMails>().SendAsync(administrator, id, "ca", Cancel);

        var mail = await NextMailAsync();

        Assert.Equal("[Klaviyo Export] Us conviden a Klaviyo Export", mail.Subject);
        using var browser = _app.Open();
        using var set = await browser.SubmitAsync(
            LinkIn(mail),
            "set-password",
            new() { ["Input.Password"] = Chosen, ["Input.Again"] = Chosen }
        );
        Assert.Equal(HttpStatusCode.Redirect, set.StatusCode);
    }

    [Fact]
    public async Task The_language_that_a_person_chooses_for_the_pages_is_the_language_of_the_mails()
    {
        using var browser = await _app.SignInAsync(Role.Operator);
        using var chosen = await browser.SubmitAsync("/", "language", new() { ["language"] = "sr-Cyrl" });
        await _app.Services.GetRequiredService<PasswordMails>().ForgottenAsync("operator@example.com", "en", Cancel);

        Assert.Equal("[Klaviyo Export] Поставите нову лозинку", (await NextMailAsync()).Subject);
    }

    [Fact]
    public async Task Without_a_mail_server_the_sign_in_offers_no_link()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = app.Open();

        Assert.Null((await browser.ReadAsync("/sign-in")).QuerySelector("a[href='/forgot-password']"));
        Assert.Null((await browser.ReadAsync("/forgot-password")).QuerySelector("form[method=post] input[type=email]"));
    }

    private static async Task<string> AskAsync(Browser browser, string email)
    {
        using var answer = await browser.SubmitAsync("/forgot-password", "forgot-password", new() { ["Email"] = email });
        return (await Browser.ReadAsync(answer)).QuerySelector("main, .card")!.TextContent;
    }

    private static string LinkIn(MimeMessage mail)
    {
        var link = new Uri(Address().Match(mail.TextBody!).Value);
        Assert.StartsWith("https://exports.shop.example/klaviyo/set-password?", link.AbsoluteUri, StringComparison.Ordinal);
        return "/set-password" + link.Query;
    }

    private async Task<MimeMessage> NextMailAsync()
    {
        await WaitForAsync(1);
        return Assert.Single(_mails.Mails);
    }

    private async Task WaitForAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (_mails.Mails.Count < count)
            await look.WaitForNextTickAsync(patience.Token);
    }

    [GeneratedRegex(@"https://\S+")]
    private static partial Regex Address();
}
