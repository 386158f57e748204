using System.Net;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Signing in with the company's identity provider.</summary>
public sealed class ProviderSignInTests : ProviderTest
{
    [Fact]
    public async Task The_button_leads_to_the_provider_and_then_to_the_requested_page()
    {
        await StartAsync();
        using var browser = App.Open();
        var page = await browser.ReadAsync("/sign-in?returnUrl=%2Fexports");
        var button = page.QuerySelectorAll("main a").Single(link => link.TextContent == "Sign in with Small Provider");
        using var response = await browser.FollowAsync(button.GetAttribute("href")!);

        Assert.NotEmpty(page.QuerySelectorAll("main form"));
        Assert.Equal("/exports", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Contains(
            "Operator",
            (await Browser.ReadAsync(response)).QuerySelector("#user .popup-note")!.TextContent,
            StringComparison.Ordinal
        );
        Assert.Equal("openid profile email", Provider.Asked["scope"]);
        Assert.DoesNotContain("prompt", Provider.Asked.Keys);
        Assert.Contains("form-action 'self';", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_that_expects_the_secret_in_the_body_gets_it_there()
    {
        await using var provider = await SmallProvider.StartAsync(takesPost: true);
        provider.Email = TestApp.EmailOf(Role.Operator);
        App = await TestApp.StartWithPeopleAsync(provider.Settings);

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
        (Provider.Email, Provider.EmailVerified) = ("renamed@example.com", false);

        Assert.Equal("/", await ArrivesAsync());
        await using var db = await App.OpenAsync();
        Assert.Equal(
            ["People.Linked", "People.SignedIn", "People.SignedIn"],
            await db.Set<AuditEntry>().Where(entry => entry.ActorName == "Operator").Select(entry => entry.Action).ToListAsync(Cancel)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public async Task An_unverified_address_matches_no_account(bool? verified)
    {
        await StartAsync("--OpenIdConnect:CreateViewers=true");
        (Provider.Email, Provider.EmailVerified) = (TestApp.EmailOf(Role.Administrator), verified);

        Assert.Contains("has not verified your email address", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(db => db.Set<IdentityUserLogin<string>>()));
    }

    [Fact]
    public async Task With_trusted_addresses_a_missing_email_verified_claim_counts_as_verified_and_false_does_not()
    {
        await StartAsync("--OpenIdConnect:TrustEmails=true");
        Provider.EmailVerified = false;
        await RefusedAsync();
        Provider.EmailVerified = null;

        Assert.Equal("/", await ArrivesAsync());
    }

    [Fact]
    public async Task Another_person_with_an_address_that_was_linked_is_refused()
    {
        await StartAsync();
        await ArrivesAsync();
        Provider.Subject = "subject-2";

        Assert.Contains("belongs to another person", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_person_learns_whom_to_ask()
    {
        await StartAsync();
        Provider.Email = "new@example.com";
        var people = await CountAsync(db => db.Set<AppUser>());

        Assert.Contains("Ask an administrator", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal(people, await CountAsync(db => db.Set<AppUser>()));
    }

    [Fact]
    public async Task An_unknown_person_becomes_a_viewer_where_that_is_configured()
    {
        await StartAsync("--OpenIdConnect:CreateViewers=true");
        Provider.Email = "new@example.com";

        Assert.Equal("/", await ArrivesAsync());
        await using var db = await App.OpenAsync();
        var user = await db.Set<AppUser>().SingleAsync(user => user.Email == "new@example.com", Cancel);
        Assert.Equal((Role.Viewer, "Petra Provider", null), (user.Role, user.DisplayName, user.PasswordHash));
    }

    public static TheoryData<string> Lies =>
        ["nonce", "audience", "issuer", "expired", "future", "signature", "unsigned", "hmac", "subject", "azp"];

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task An_invalid_token_signs_nobody_in(string lie)
    {
        await StartAsync();
        Provider.Lie = token => Tell(lie, token);
        if (lie == "unsigned")
            Provider.Spoil = token => $"{Base64UrlEncoder.Encode("""{"alg":"none"}""")}.{token.Split('.')[1]}.";

        Assert.Contains("could not be verified", await RefusedAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(db => db.Set<IdentityUserLogin<string>>()));
    }

    [Fact]
    public async Task New_signing_keys_of_the_provider_are_accepted()
    {
        await StartAsync();
        Assert.Equal("/", await ArrivesAsync());
        Provider.ChangeKey("second");

        Assert.Equal("/", await ArrivesAsync());
    }

    [Fact]
    public async Task Invented_keys_do_not_cause_repeated_requests_for_the_providers_keys()
    {
        await StartAsync();
        await ArrivesAsync();
        Provider.Lie = token =>
            token.SigningCredentials = new(SmallProvider.NewKey(Guid.NewGuid().ToString()), SecurityAlgorithms.RsaSha256);
        for (var tries = 0; tries < 3; tries++)
            await RefusedAsync();

        Assert.InRange(Provider.KeysRead, 1, 2);
    }

    [Fact]
    public async Task A_person_known_only_from_the_user_info_endpoint_can_sign_in()
    {
        Provider.TellsAtUserInfo = true;
        await StartAsync();

        Assert.Equal("/", await ArrivesAsync());
    }

    [Theory]
    [InlineData("access_denied", "was canceled")]
    [InlineData("server_error", "was not completed")]
    public async Task A_refusal_of_the_provider_returns_to_the_sign_in_page_with_a_message(string error, string message)
    {
        await StartAsync();
        Provider.Refuses = error;

        Assert.Contains(message, await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unavailable_provider_is_reported()
    {
        await StartAsync();
        await Provider.DisposeAsync();

        Assert.Contains("cannot be reached", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unrequested_callback_signs_nobody_in()
    {
        await StartAsync();
        using var browser = App.Open();
        using var response = await browser.FollowAsync("/sign-in/provider/return?code=stolen&state=made-up");

        Assert.Contains("was not completed", await AlertAsync(response), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callback_requested_by_another_browser_signs_nobody_in()
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

        Assert.Empty((await browser.ReadAsync("/sign-in?notice=call%20this%20number")).QuerySelectorAll("main [role=alert]"));
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_button_and_no_route()
    {
        App = await TestApp.StartWithPeopleAsync();
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
            case "nonce":
                token.Claims["nonce"] = "another";
                break;
            case "audience":
                token.Audience = "another application";
                break;
            case "issuer":
                token.Issuer = "https://another.example";
                break;
            case "expired":
                (token.IssuedAt, token.NotBefore, token.Expires) = (
                    DateTime.UtcNow.AddHours(-2),
                    DateTime.UtcNow.AddHours(-2),
                    DateTime.UtcNow.AddHours(-1)
                );
                break;
            case "future":
                (token.NotBefore, token.Expires) = (DateTime.UtcNow.AddHours(1), DateTime.UtcNow.AddHours(2));
                break;
            case "signature":
                token.SigningCredentials = new(SmallProvider.NewKey("first"), SecurityAlgorithms.RsaSha256);
                break;
            case "hmac":
                token.SigningCredentials = new(
                    new SymmetricSecurityKey(System.Text.Encoding.UTF8.GetBytes(SmallProvider.ClientSecret.PadRight(64)))
                    {
                        KeyId = "first",
                    },
                    SecurityAlgorithms.HmacSha256
                );
                break;
            case "subject":
                token.Claims["sub"] = "";
                break;
            case "azp":
                (token.Audience, token.Claims["aud"]) = (null, new[] { SmallProvider.ClientId, "another application" });
                break;
        }
    }
}
