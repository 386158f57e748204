using System.Net;
using System.Text.RegularExpressions;
using KlaviyoExport.Alerts;
using KlaviyoExport.People;
using KlaviyoExport.Web.Hosting.Limits;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Links to set a password that arrive by mail.</summary>
public sealed partial class ForgottenPasswordTests : MailedTest
{
    private const string Chosen = "seven green lamps";

    [Fact]
    public async Task A_person_who_forgot_the_password_sets_a_new_one_with_the_link_in_the_mail()
    {
        using var browser = App.Open();
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
        Assert.Equal("/sign-in?passwordSet=true", App.LeadsTo(set));
    }

    [Fact]
    public async Task Known_and_unknown_addresses_get_the_same_answer()
    {
        using var browser = App.Open();

        var unknown = await AskAsync(browser, "nobody@example.com");
        var known = await AskAsync(browser, "viewer@example.com");
        // A second request in five minutes sends nothing either.
        var again = await AskAsync(browser, "viewer@example.com");

        Assert.Equal(known, unknown);
        Assert.Equal(known, again);
        Assert.Equal("viewer@example.com", (await NextMailAsync()).To.Mailboxes.Single().Address);
        await App.Services.GetRequiredService<PasswordMails>().ForgottenAsync("operator@example.com", "en", Cancel);
        await ArriveAsync(2);
        Assert.Equal("operator@example.com", Mails[1].To.Mailboxes.Single().Address);
    }

    [Fact]
    public async Task Too_many_requests_from_one_place_are_refused()
    {
        using var browser = App.Open();
        var first = await AskAsync(browser, "nobody@example.com");
        for (var i = 1; i < new RateLimitOptions().ForgottenPasswords; i++)
            Assert.Equal(first, await AskAsync(browser, "nobody@example.com"));

        Assert.Contains("Too many requests", await AskAsync(browser, "viewer@example.com"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_is_added_is_invited_in_the_language_of_the_administrator()
    {
        var administrator = await App.ActorAsync(Role.Administrator);
        var id = await App
            .Services.GetRequiredService<PeopleService>()
            .AddAsync(administrator, new NewPerson("Miles", "miles@example.com", Role.Operator), Cancel);
        await App.Services.GetRequiredService<PasswordMails>().SendAsync(administrator, id, "ca", Cancel);

        var mail = await NextMailAsync();

        Assert.Equal("[Klaviyo Export] Us han convidat a Klaviyo Export", mail.Subject);
        using var browser = App.Open();
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
        using var browser = await App.SignInAsync(Role.Operator);
        using var chosen = await browser.SubmitAsync("/", "language", new() { ["language"] = "sr-Cyrl" });
        await App.Services.GetRequiredService<PasswordMails>().ForgottenAsync("operator@example.com", "en", Cancel);

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
        await ArriveAsync(1);
        return Assert.Single(Mails);
    }

    [GeneratedRegex(@"https://\S+")]
    private static partial Regex Address();
}
