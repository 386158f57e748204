using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>The sessions of a person: seen, ended, and refused afterwards.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Page = "/account/security";
    private TestApp _app = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartWithPeopleAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_copy_of_the_cookie_is_worth_nothing_after_signing_out()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        using var thief = new Browser(_app.Address, Copy(browser));
        using (var before = await thief.GetAsync("/exports"))
            Assert.Null(_app.LeadsTo(before));
        (await browser.SubmitAsync("/", "sign-out", [])).Dispose();
        using var after = await thief.GetAsync("/account");

        Assert.Equal("/sign-in?returnUrl=%2Faccount", _app.LeadsTo(after));
    }

    [Fact]
    public async Task A_person_sees_the_own_sessions_and_ends_another_one()
    {
        using var desk = await _app.SignInAsync(Role.Viewer);
        using var phone = _app.Open();
        phone.Http.DefaultRequestHeaders.UserAgent.ParseAdd(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1"
        );
        (
            await phone.SubmitAsync(
                "/sign-in",
                "sign-in",
                new() { ["Input.Email"] = TestApp.EmailOf(Role.Viewer), ["Input.Password"] = TestApp.Password }
            )
        ).Dispose();
        using var stranger = await _app.SignInAsync(Role.Operator);

        var list = await desk.ReadAsync(Page);
        Assert.Equal(2, list.QuerySelectorAll("#sessions li").Length);
        Assert.Contains("Chrome, iPhone", list.QuerySelector("#sessions")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1", list.QuerySelector("#sessions")!.TextContent, StringComparison.Ordinal);
        var name = list.QuerySelector("#sessions button[name=Name]")!.GetAttribute("value")!;
        (await stranger.SubmitAsync(Page, "session-end", new() { ["Name"] = name })).Dispose();
        Assert.Equal(2, (await desk.ReadAsync(Page)).QuerySelectorAll("#sessions li").Length);
        (await desk.SubmitAsync(Page, "session-end", new() { ["Name"] = name })).Dispose();

        Assert.Single((await desk.ReadAsync(Page)).QuerySelectorAll("#sessions li"));
        await DemandEndedAsync(phone);
    }

    [Fact]
    public async Task Signing_out_everywhere_else_keeps_this_session_only()
    {
        using var desk = await _app.SignInAsync(Role.Viewer);
        using var other = await _app.SignInAsync(Role.Viewer);
        (await desk.SubmitAsync(Page, "sessions-end", [])).Dispose();

        Assert.Single((await desk.ReadAsync(Page)).QuerySelectorAll("#sessions li"));
        await DemandEndedAsync(other);
    }

    [Fact]
    public async Task An_administrator_ends_all_sessions_of_a_person_and_others_may_not()
    {
        using var viewer = await _app.SignInAsync(Role.Viewer);
        var sessions = _app.Services.GetRequiredService<Sessions>();
        var person = await _app.ActorAsync(Role.Viewer);
        await Assert.ThrowsAsync<NotAllowedException>(async () =>
            await sessions.EndAllAsync(await _app.ActorAsync(Role.Contributor), person.Id, null, Cancel)
        );
        await sessions.EndAllAsync(await _app.ActorAsync(Role.Administrator), person.Id, null, Cancel);

        await DemandEndedAsync(viewer);
    }

    [Fact]
    public async Task A_session_that_was_not_used_for_eight_hours_has_ended() =>
        await AgeAsync(session => session.LastSeenAt -= Sessions.Lifetime);

    [Fact]
    public async Task A_session_has_ended_a_day_after_its_person_last_proved_who_they_are() =>
        await AgeAsync(session => session.ProvenAt -= Sessions.Longest);

    [Fact]
    public async Task Signing_out_asks_the_browser_to_forget_what_it_has_kept_of_the_pages()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        using var answer = await browser.SubmitAsync("/", "sign-out", []);

        Assert.Equal("\"cache\", \"storage\"", Assert.Single(answer.Headers.GetValues("Clear-Site-Data")));
    }

    [Fact]
    public async Task A_sign_in_replaces_the_session_that_the_browser_brings()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        using var copy = new Browser(_app.Address, Copy(browser));
        (
            await browser.SubmitAsync(
                "/sign-in",
                "sign-in",
                new() { ["Input.Email"] = TestApp.EmailOf(Role.Operator), ["Input.Password"] = TestApp.Password }
            )
        ).Dispose();

        await DemandEndedAsync(copy);
        Assert.Equal("Operator", (await browser.ReadAsync("/account")).QuerySelector("#name")!.GetAttribute("value"));
        await using var db = await _app.OpenAsync();
        Assert.Equal((await _app.ActorAsync(Role.Operator)).Id, (await db.Set<Session>().SingleAsync(Cancel)).UserId);
    }

    [Fact]
    public async Task Sign_ins_and_failures_are_in_the_audit_with_their_origin()
    {
        using var browser = _app.Open();
        (
            await browser.SubmitAsync(
                "/sign-in",
                "sign-in",
                new() { ["Input.Email"] = TestApp.EmailOf(Role.Viewer), ["Input.Password"] = "wrong" }
            )
        ).Dispose();
        using var signedIn = await _app.SignInAsync(Role.Viewer);
        (await signedIn.SubmitAsync("/", "sign-out", [])).Dispose();

        await using var db = await _app.OpenAsync();
        var entries = await db.Set<AuditEntry>().Where(entry => entry.Subject == "Viewer").OrderBy(entry => entry.Id).ToListAsync(Cancel);
        Assert.Equal(["People.PasswordFailed", "People.SignedIn", "People.SignedOut"], entries.Select(entry => entry.Action));
        Assert.All(entries, entry => Assert.Equal("127.0.0.1", entry.From));
    }

    private async Task AgeAsync(Action<Session> age)
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        Assert.Single((await browser.ReadAsync(Page)).QuerySelectorAll("#sessions li"));
        await using (var db = await _app.OpenAsync())
        {
            age(await db.Set<Session>().SingleAsync(Cancel));
            await db.SaveChangesAsync(Cancel);
        }

        await DemandEndedAsync(browser);
    }

    private static CookieContainer Copy(Browser browser)
    {
        var copy = new CookieContainer();
        copy.Add(browser.Cookies.GetAllCookies());
        return copy;
    }

    /// <summary>Pages lead to the sign-in at once, also those whose cookie was checked a moment ago.</summary>
    private async Task DemandEndedAsync(Browser browser)
    {
        using var page = await browser.GetAsync("/account/security");
        Assert.Equal("/sign-in?returnUrl=%2Faccount%2Fsecurity", _app.LeadsTo(page));
    }
}
