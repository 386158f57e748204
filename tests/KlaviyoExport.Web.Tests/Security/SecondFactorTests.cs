using System.Net;
using System.Text;
using AngleSharp.Dom;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Web.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>The authenticator app, its recovery codes, and the roles that need a second factor.</summary>
public sealed class SecondFactorTests : IAsyncLifetime
{
    private const string Page = "/account/security";
    private TestApp _app = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartWithPeopleAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task An_app_is_set_up_with_its_key_and_from_then_on_the_password_needs_its_code()
    {
        using var browser = await _app.SignInAsync(Role.Contributor);
        (await browser.SubmitAsync(Page, "app-begin", [])).Dispose();
        var page = await browser.ReadAsync(Page);
        var key = page.QuerySelector("#app code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        var picture = page.QuerySelector("#app img")!.GetAttribute("src")!;
        Assert.StartsWith("data:image/svg+xml;base64,", picture, StringComparison.Ordinal);
        Assert.Contains("<svg", Encoding.UTF8.GetString(Convert.FromBase64String(picture.Split(',')[1])), StringComparison.Ordinal);

        using var wrong = await browser.SubmitAsync(Page, "app-confirm", new() { ["Code"] = "000000" });
        Assert.Contains("not valid", await AlertAsync(wrong), StringComparison.Ordinal);
        var codes = CodesOf(await Browser.ReadAsync(await browser.SubmitAsync(Page, "app-confirm", new() { ["Code"] = Totp.Of(key) })));
        Assert.Equal(10, codes.Distinct().Count());
        // The session goes on.
        Assert.Equal("On", (await browser.ReadAsync(Page)).QuerySelector("#app .badge")!.TextContent.Trim());

        using var anew = await _app.SignInAsync(Role.Contributor);
        using var refused = await anew.GetAsync("/exports");
        Assert.StartsWith("/sign-in", _app.LeadsTo(refused), StringComparison.Ordinal);
        Assert.Equal("/", await EnterAsync(anew, Totp.Of(key, later: 1)));
        using var opened = await anew.GetAsync("/exports");
        Assert.Null(_app.LeadsTo(opened));
    }

    [Fact]
    public async Task A_code_of_the_app_works_once()
    {
        var code = Totp.Of(await _app.AddAppAsync(Role.Viewer));
        using var first = await _app.SignInAsync(Role.Viewer);
        Assert.Equal("/", await EnterAsync(first, code));
        using var second = await _app.SignInAsync(Role.Viewer);

        Assert.Null(await EnterAsync(second, code));
    }

    [Fact]
    public async Task A_recovery_code_replaces_a_code_once()
    {
        await _app.AddAppAsync(Role.Viewer);
        var codes = await _app.RecoveryCodesAsync(Role.Viewer);
        using var first = await _app.SignInAsync(Role.Viewer);
        Assert.Equal("/", await EnterAsync(first, codes[3].ToLowerInvariant()));
        Assert.Contains("left: 9", (await first.ReadAsync(Page)).QuerySelector("#app")!.TextContent, StringComparison.Ordinal);
        using var second = await _app.SignInAsync(Role.Viewer);
        Assert.Null(await EnterAsync(second, codes[3]));
        Assert.Equal("/", await EnterAsync(second, codes[4]));
    }

    [Fact]
    public async Task Five_wrong_codes_hold_the_next_ones()
    {
        var key = await _app.AddAppAsync(Role.Viewer);
        using var browser = await _app.SignInAsync(Role.Viewer);
        for (var attempt = 0; attempt < 5; attempt++)
            Assert.Null(await EnterAsync(browser, "000000"));

        Assert.Null(await EnterAsync(browser, Totp.Of(key)));
    }

    [Fact]
    public async Task The_store_contains_neither_the_key_of_the_app_nor_the_recovery_codes()
    {
        var key = await _app.AddAppAsync(Role.Viewer);
        var codes = await _app.RecoveryCodesAsync(Role.Viewer);

        await using var db = await _app.OpenAsync();
        var factor = await db.Set<SecondFactor>().SingleAsync(Cancel);
        Assert.DoesNotContain(key, Encoding.Latin1.GetString(factor.AuthenticatorKey!), StringComparison.OrdinalIgnoreCase);
        Assert.All(codes, code => Assert.DoesNotContain(code, factor.RecoveryCodes, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_code_page_asks_nothing_of_people_who_have_not_entered_a_password()
    {
        using var browser = _app.Open();
        var page = await browser.ReadAsync("/sign-in/code");

        Assert.Null(page.QuerySelector("form[method=post] #code"));
        Assert.Contains("Sign in again", page.QuerySelector(".lead")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_needs_a_second_factor_opens_nothing_but_the_page_that_sets_it_up()
    {
        using var browser = await _app.SignInAsync(Role.Contributor);
        using var administrator = await _app.SignInAsync(Role.Administrator);
        (
            await administrator.SubmitAsync("/system/permissions/second-factor", "second-factor", new() { ["Chosen"] = "Contributor" })
        ).Dispose();

        foreach (var path in new[] { "/", "/exports", "/account/tokens", "/sign-in" })
        {
            using var response = await browser.GetAsync(path);
            Assert.Equal(Page, _app.LeadsTo(response));
        }
        (await browser.SubmitAsync(Page, "app-begin", [])).Dispose();
        var key = (await browser.ReadAsync(Page)).QuerySelector("#app code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        (await browser.SubmitAsync(Page, "app-confirm", new() { ["Code"] = Totp.Of(key) })).Dispose();
        using var opened = await browser.GetAsync("/exports");
        Assert.Null(_app.LeadsTo(opened));
        using var other = await administrator.GetAsync("/exports");
        Assert.Null(_app.LeadsTo(other));
    }

    [Fact]
    public async Task Services_refuse_a_session_that_lacks_a_second_factor()
    {
        using var browser = await _app.SignInAsync(Role.Administrator);
        await _app
            .Services.GetRequiredService<SecondFactorPolicy>()
            .SaveAsync(await _app.ActorAsync(Role.Administrator), new HashSet<Role> { Role.Administrator }, Cancel);

        // The endpoint of a file is no page, so only the service refuses.
        using var response = await browser.GetAsync("/runs/1/rejections.csv");
        Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEqual(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Nothing_is_changed_after_a_quarter_of_an_hour_without_a_new_proof()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        var begin = await browser.FillInAsync(Page, "app-begin", []);
        var before = DateTimeOffset.UtcNow.AddMinutes(-15);
        await using (var db = await _app.OpenAsync())
            await db.Set<Session>().ExecuteUpdateAsync(set => set.SetProperty(session => session.ProvenAt, before), Cancel);

        using var refused = await begin();
        Assert.Contains("Confirm first", await AlertAsync(refused), StringComparison.Ordinal);
        using var wrong = await browser.SubmitAsync(Page, "prove", new() { ["Input.Password"] = "wrong" });
        Assert.Contains("password", await AlertAsync(wrong), StringComparison.OrdinalIgnoreCase);
        (await browser.SubmitAsync(Page, "prove", new() { ["Input.Password"] = TestApp.Password })).Dispose();
        using var begun = await begin();
        Assert.StartsWith(Page, _app.LeadsTo(begun), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignInWay.Passkey)]
    [InlineData(SignInWay.Provider)]
    public async Task A_proof_with_the_password_does_not_make_a_session_weaker(SignInWay way)
    {
        using var browser = await _app.SignInAsync(Role.Contributor);
        var anHourAgo = DateTimeOffset.UtcNow.AddHours(-1);
        await using (var db = await _app.OpenAsync())
            await db.Set<Session>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(session => session.Way, way).SetProperty(session => session.ProvenAt, anHourAgo),
                    Cancel
                );
        await _app
            .Services.GetRequiredService<SecondFactorPolicy>()
            .SaveAsync(await _app.ActorAsync(Role.Administrator), new HashSet<Role> { Role.Contributor }, Cancel);
        (await browser.SubmitAsync(Page, "prove", new() { ["Input.Password"] = TestApp.Password })).Dispose();

        using var opened = await browser.GetAsync("/exports");
        Assert.Null(_app.LeadsTo(opened));
        using var begun = await browser.SubmitAsync(Page, "app-begin", []);
        Assert.StartsWith(Page, _app.LeadsTo(begun), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_administrator_removes_a_lost_second_factor_and_ends_the_sessions()
    {
        var key = await _app.AddAppAsync(Role.Viewer);
        using var browser = await _app.SignInAsync(Role.Viewer);
        Assert.Equal("/", await EnterAsync(browser, Totp.Of(key)));
        await _app
            .Services.GetRequiredService<SecondFactorResets>()
            .ResetAsync(await _app.ActorAsync(Role.Administrator), (await _app.ActorAsync(Role.Viewer)).Id);

        using (var ended = await browser.GetAsync(Page))
            Assert.StartsWith("/sign-in?", _app.LeadsTo(ended), StringComparison.Ordinal);
        using var anew = await _app.SignInAsync(Role.Viewer);
        using var opened = await anew.GetAsync("/exports");
        Assert.Null(_app.LeadsTo(opened));
        await using var db = await _app.OpenAsync();
        Assert.Empty(db.Set<SecondFactor>());
        await Assert.ThrowsAsync<NotAllowedException>(async () =>
            await _app.Services.GetRequiredService<SecondFactorResets>().ResetAsync(await _app.ActorAsync(Role.Operator), "x")
        );
    }

    private static async Task<string> AlertAsync(HttpResponseMessage response) =>
        (await Browser.ReadAsync(response)).QuerySelector("[role=alert] p")!.TextContent;

    private static string[] CodesOf(IDocument page) => [.. page.QuerySelectorAll(".recovery-codes code").Select(code => code.TextContent)];

    /// <returns>Where it leads. Null when the code was refused.</returns>
    private async Task<string?> EnterAsync(Browser browser, string code)
    {
        using var response = await browser.SubmitAsync("/sign-in/code", "code", new() { ["Code"] = code });
        return _app.LeadsTo(response);
    }
}
