using System.Net;
using System.Security.Claims;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Security;

public sealed class SignInTests : IAsyncLifetime
{
    private TestApp _app = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartWithPeopleAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_correct_password_leads_to_the_requested_page()
    {
        using var browser = _app.Open();
        using var response = await SignInAsync(browser, "/sign-in?returnUrl=%2Fexports", TestApp.Password);

        Assert.Equal("/exports", _app.LeadsTo(response));
        using var page = await browser.GetAsync("/exports");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    public async Task A_sign_in_never_leads_to_another_site(string returnUrl)
    {
        using var browser = _app.Open();
        using var response = await SignInAsync(browser, $"/sign-in?returnUrl={Uri.EscapeDataString(returnUrl)}", TestApp.Password);

        Assert.Equal("/", _app.LeadsTo(response));
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_message()
    {
        using var browser = _app.Open();
        using var wrong = await SignInAsync(browser, "/sign-in", "not the password");
        using var unknown = await browser.SubmitAsync(
            "/sign-in",
            "sign-in",
            new() { ["Input.Email"] = "nobody@example.com", ["Input.Password"] = "not the password" }
        );

        Assert.Equal(await AlertAsync(wrong), await AlertAsync(unknown));
        Assert.Contains("incorrect", await AlertAsync(wrong), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_sign_ins_at_once_all_succeed_after_a_wrong_password()
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using (var browser = _app.Open())
                (await SignInAsync(browser, "/sign-in", "not the password")).Dispose();
            await Parallel.ForAsync(
                0,
                8,
                TestContext.Current.CancellationToken,
                async (_, _) =>
                {
                    using var browser = _app.Open();
                    using var response = await SignInAsync(browser, "/sign-in", TestApp.Password);
                    Assert.Equal("/", _app.LeadsTo(response));
                }
            );
        }
    }

    [Fact]
    public async Task A_sign_in_without_its_page_s_token_is_refused()
    {
        using var browser = _app.Open();
        using var response = await browser.Http.PostAsync(
            "/sign-in",
            new FormUrlEncodedContent(
                new Dictionary<string, string>
                {
                    ["_handler"] = "sign-in",
                    ["Input.Email"] = TestApp.EmailOf(Role.Viewer),
                    ["Input.Password"] = TestApp.Password,
                }
            ),
            TestContext.Current.CancellationToken
        );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task The_cookie_is_for_this_host_only_and_hidden_from_scripts()
    {
        using var browser = _app.Open();
        using var response = await SignInAsync(browser, "/sign-in", TestApp.Password);

        var cookie = Assert.Single(
            response.Headers.GetValues("Set-Cookie"),
            cookie => cookie.StartsWith("klaviyo-export=", StringComparison.Ordinal)
        );
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        using var response = await browser.SubmitAsync("/", "sign-out", []);
        using var after = await browser.GetAsync("/exports");

        Assert.Equal("/sign-in", _app.LeadsTo(response));
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
    }

    public static TheoryData<Role, bool> Leavers =>
        [.. Enum.GetValues<Role>().SelectMany(role => (TheoryDataRow<Role, bool>[])[new(role, true), new(role, false)])];

    [Theory]
    [MemberData(nameof(Leavers))]
    public async Task A_removed_or_demoted_person_can_no_longer_act_on_an_open_page(Role role, bool removed)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var claims = scope.ServiceProvider.GetRequiredService<IUserClaimsPrincipalFactory<AppUser>>();
        var user = (await users.FindByEmailAsync(TestApp.EmailOf(role)))!;
        var person = await claims.CreateAsync(user);
        var session = await _app
            .Services.GetRequiredService<Sessions>()
            .BeginAsync(user, SignInWay.Password, from: null, "A browser", Cancel);
        person.AddIdentity(new ClaimsIdentity([SessionClaim.For(session)]));
        var actor = ActivatorUtilities.CreateInstance<CurrentActor>(scope.ServiceProvider, new OpenPage(person));

        Assert.Equal(role, (await actor.GetAsync(Cancel)).Role);
        if (removed)
            await users.DeleteAsync(user);
        else
            await _app.ChangeAsync(role, user => user.Role = role == Role.Viewer ? Role.Operator : Role.Viewer);

        await Assert.ThrowsAsync<SessionEndedException>(() => actor.GetAsync(Cancel));
    }

    [Fact]
    public void A_revoked_session_is_noticed_within_seconds()
    {
        Assert.InRange(
            _app.Services.GetRequiredService<IOptions<SecurityStampValidatorOptions>>().Value.ValidationInterval,
            TimeSpan.Zero,
            TimeSpan.FromSeconds(15)
        );
    }

    private static Task<HttpResponseMessage> SignInAsync(Browser browser, string page, string password) =>
        browser.SubmitAsync(page, "sign-in", new() { ["Input.Email"] = TestApp.EmailOf(Role.Contributor), ["Input.Password"] = password });

    private static async Task<string> AlertAsync(HttpResponseMessage response) =>
        (await Browser.ReadAsync(response)).QuerySelector("[role=alert] p")!.TextContent;
}
