using System.Net;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Tests.Security.OpenIdConnect;

/// <summary>Signing in with the company's identity provider.</summary>
public sealed class ProviderSignInTests : IAsyncLifetime
{
    private SmallProvider _provider = default!;
    private TestApp? _app;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private TestApp App => _app!;

    public async ValueTask InitializeAsync()
    {
        _provider = await SmallProvider.StartAsync();
        _provider.Email = TestApp.EmailOf(Role.Operator);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task The_button_beside_the_password_form_leads_to_the_provider_and_from_there_to_the_page_that_was_asked_for()
    {
        await StartAsync();
        using var browser = App.Open();
        var page = await browser.ReadAsync("/sign-in?returnUrl=%2Fexports");
        var button = page.QuerySelectorAll("main a").Single(link => link.TextContent == "Sign in with Small Provider");
        using var response = await browser.FollowAsync(button.GetAttribute("href")!);

        Assert.NotEmpty(page.QuerySelectorAll("main form"));
        Assert.Equal("/exports", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains("Operator", (await Browser.ReadAsync(response)).QuerySelector("#user .popup-note")!.TextContent, StringComparison.Ordinal);
        Assert.Equal("openid profile email", _provider.Asked["scope"]);
        Assert.DoesNotContain("prompt", _provider.Asked.Keys);
        Assert.Contains("form-action 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_takes_the_secret_in_the_form_gets_it_there()
    {
        await using var provider = await SmallProvider.StartAsync(takesPost: true);
        provider.Email = TestApp.EmailOf(Role.Operator);
        _app = await TestApp.StartWithPeopleAsync(provider.Settings);

        Assert.Equal("/", await ArrivesAsync());
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example")]
    public async Task It_never_leads_to_another_site(string returnUrl)
    {
        await StartAsync();
        using var browser = App.Open();
        using var response = await browser.FollowAsync($"/sign-in/provider?returnUrl={Uri.EscapeDataString(returnUrl)}");

        Assert.Equal(App.Address, response.RequestMessage!.RequestUri);
    }

    [Fact]
    public async Task The_subject_stays_linked_when_the_address_changes_and_the_link_is_in_the_audit()
    {
        await StartAsync();
        Assert.Equal("/", await ArrivesAsync());
        (_provider.Email, _provider.EmailVerified) = ("renamed@example.com", false);

        Assert.Equal("/", await ArrivesAsync());
        await using var db = await App.OpenAsync();
        Assert.Equal(["People.Linked"], await db.AuditEntries.Where(entry => entry.ActorName == "Operator").Select(entry => entry.Action).ToListAsync(Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task An_address_that_is_not_verified_opens_nobody_s_account(bool? verified)
    {
        await StartAsync("--OpenIdConnect:CreateViewers=true");
        (_provider.Email, _provider.EmailVerified) = (TestApp.EmailOf(Role.Administrator), verified);

        Assert.Contains("does not say that your email address is yours", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(db => db.UserLogins));
    }

    [Fact]
    public async Task Where_the_provider_s_addresses_are_trusted_silence_counts_as_verified_and_no_does_not()
    {
        await StartAsync("--OpenIdConnect:TrustEmails=true");
        _provider.EmailVerified = false;
        await RefusedAsync();
        _provider.EmailVerified = null;

        Assert.Equal("/", await ArrivesAsync());
    }

    [Fact]
    public async Task Another_person_with_an_address_that_was_linked_is_refused()
    {
        await StartAsync();
        await ArrivesAsync();
        _provider.Subject = "subject-2";

        Assert.Contains("belongs to another person", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_person_is_told_whom_to_ask()
    {
        await StartAsync();
        _provider.Email = "new@example.com";
        var people = await CountAsync(db => db.Users);

        Assert.Contains("Ask an administrator", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal(people, await CountAsync(db => db.Users));
    }

    [Fact]
    public async Task An_unknown_person_becomes_a_viewer_where_that_is_configured()
    {
        await StartAsync("--OpenIdConnect:CreateViewers=true");
        _provider.Email = "new@example.com";

        Assert.Equal("/", await ArrivesAsync());
        await using var db = await App.OpenAsync();
        var user = await db.Users.SingleAsync(user => user.Email == "new@example.com", Cancel);
        Assert.Equal((Role.Viewer, "Petra Provider", null), (user.Role, user.DisplayName, user.PasswordHash));
    }

    public static TheoryData<string> Lies => ["nonce", "audience", "issuer", "expired", "future", "signature", "unsigned", "hmac", "subject", "azp"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_token_that_cannot_be_believed_signs_nobody_in(string lie)
    {
        await StartAsync();
        _provider.Lie = token => Tell(lie, token);
        if (lie == "unsigned")
            _provider.Spoil = token => $"{Base64UrlEncoder.Encode("""{"alg":"none"}""")}.{token.Split('.')[1]}.";

        Assert.Contains("could not be trusted", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(db => db.UserLogins));
    }

    [Theory]
    [InlineData("access_denied", "was cancelled")]
    [InlineData("server_error", "was not completed")]
    public async Task What_the_provider_refuses_ends_on_the_sign_in_page_with_a_message(string error, string message)
    {
        await StartAsync();
        _provider.Refuses = error;

        Assert.Contains(message, await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_is_away_is_said_to_be_away()
    {
        await StartAsync();
        await _provider.DisposeAsync();

        Assert.Contains("cannot be reached", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_return_nobody_asked_for_signs_nobody_in()
    {
        await StartAsync();
        using var browser = App.Open();
        using var response = await browser.FollowAsync("/sign-in/provider/return?code=stolen&state=made-up");

        Assert.Contains("was not completed", await AlertAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_return_that_another_browser_asked_for_signs_nobody_in()
    {
        await StartAsync();
        using var asking = App.Open();
        using var victim = App.Open();
        using var away = await asking.GetAsync("/sign-in/provider");
        using var back = await asking.Http.GetAsync(away.Headers.Location, Cancel);
        using var response = await victim.FollowAsync(back.Headers.Location!.PathAndQuery);

        Assert.Contains("was not completed", await AlertAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_somebody_else_wrote_into_the_address_is_not_shown()
    {
        await StartAsync();
        using var browser = App.Open();

        Assert.Empty((await browser.ReadAsync("/sign-in?notice=call%20this%20number")).QuerySelectorAll("[role=alert]"));
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_button_and_no_way()
    {
        _app = await TestApp.StartWithPeopleAsync();
        using var browser = App.Open();

        Assert.Empty((await browser.ReadAsync("/sign-in")).QuerySelectorAll("main a"));
        using var response = await browser.GetAsync("/sign-in/provider");
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(App.Address.Authority, new Uri(App.Address, response.Headers.Location!).Authority);
    }

    private static void Tell(string lie, SecurityTokenDescriptor token)
    {
        switch (lie)
        {
            case "nonce": token.Claims["nonce"] = "another"; break;
            case "audience": token.Audience = "another application"; break;
            case "issuer": token.Issuer = "https://another.example"; break;
            case "expired": (token.IssuedAt, token.NotBefore, token.Expires) = (DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-1)); break;
            case "future": (token.NotBefore, token.Expires) = (DateTime.UtcNow.AddHours(1), DateTime.UtcNow.AddHours(2)); break;
            case "signature": token.SigningCredentials = new(SmallProvider.NewKey("first"), SecurityAlgorithms.RsaSha256); break;
            case "hmac": token.SigningCredentials = new(new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(SmallProvider.ClientSecret.PadRight(64))) { KeyId = "first" }, SecurityAlgorithms.HmacSha256); break;
            case "subject": token.Claims["sub"] = ""; break;
            case "azp": (token.Audience, token.Claims["aud"]) = (null, new[] { SmallProvider.ClientId, "another application" }); break;
        }
    }

    private async Task StartAsync(params string[] settings) => _app = await TestApp.StartWithPeopleAsync([.. _provider.Settings, .. settings]);

    /// <summary>Where a new browser gets to.</summary>
    private async Task<string> ArrivesAsync()
    {
        using var browser = App.Open();
        using var response = await browser.FollowAsync("/sign-in/provider");
        return response.RequestMessage!.RequestUri!.AbsolutePath;
    }

    /// <summary>What the sign-in page says to a new browser that was turned away.</summary>
    private async Task<string> RefusedAsync()
    {
        using var browser = App.Open();
        using var response = await browser.FollowAsync("/sign-in/provider");
        Assert.Equal("/sign-in", response.RequestMessage!.RequestUri!.AbsolutePath);
        using var after = await browser.GetAsync("/exports");
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
        return await AlertAsync(response);
    }

    private async Task<int> CountAsync<T>(Func<Data.AppDb, DbSet<T>> table)
        where T : class
    {
        await using var db = await App.OpenAsync();
        return await table(db).CountAsync(Cancel);
    }

    private static async Task<string> AlertAsync(HttpResponseMessage response) => (await Browser.ReadAsync(response)).QuerySelector("main [role=alert] p")!.TextContent;
}
