using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using KlaviyoExport.People;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Identity.Web;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Signing in with Microsoft Entra ID through Microsoft.Identity.Web, with a provider of the same form.</summary>
public sealed class EntraSignInTests : ProviderTest
{
    private const string Tenant = "0fb2a3c1-0b3b-4b1e-9d4e-6a4f7c1f9a10";
    private const string Another = "8e6f2f7a-4f3a-4f0e-8a51-3f8b6c1d2e00";
    private const string Way = "/sign-in/entra";

    private static readonly X509Certificate2 ProviderCertificate = NewCertificate();

    public override async ValueTask InitializeAsync()
    {
        Provider = await SmallProvider.StartAsync(tenant: Tenant, certificate: ProviderCertificate, takesPost: true);
        (Provider.Email, Provider.EmailVerified, Provider.More["xms_edov"]) = (TestApp.EmailOf(Role.Operator), null, true);
    }

    [Fact]
    public async Task The_button_leads_to_Entra_with_PKCE_and_then_to_the_requested_page()
    {
        await StartEntraAsync();
        using var browser = App.Open();
        var button = (await browser.ReadAsync("/sign-in?returnUrl=%2Fexports"))
            .QuerySelectorAll("main a")
            .Single(link => link.TextContent == "Sign in with Microsoft Entra ID");
        using var response = await browser.FollowAsync(button.GetAttribute("href")!);

        Assert.Equal("/exports", response.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(
            ("code", "S256", "query"),
            (
                Provider.Asked["response_type"],
                Provider.Asked["code_challenge_method"],
                Provider.Asked.GetValueOrDefault("response_mode", "query")
            )
        );
        Assert.EndsWith("/signin-oidc", Provider.Asked["redirect_uri"], StringComparison.Ordinal);
        await using var db = await App.OpenAsync();
        var login = Assert.Single(db.Set<IdentityUserLogin<string>>());
        Assert.Equal((Provider.Issuer, Provider.Subject), (login.LoginProvider, login.ProviderKey));
    }

    [Fact]
    public async Task An_address_on_a_domain_that_the_tenant_has_not_verified_matches_no_account()
    {
        await StartEntraAsync();
        Provider.More["xms_edov"] = false;
        Assert.Contains("has not verified your email address", await RefusedAsync(Way), StringComparison.Ordinal);
        Provider.More.Remove("xms_edov");

        Assert.Contains("has not verified your email address", await RefusedAsync(Way), StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_roles_determine_the_role()
    {
        await StartEntraAsync("--Roles:Contributor=Klaviyo.Contributor");
        (Provider.Email, Provider.Roles) = ("new@example.com", ["Klaviyo.Contributor"]);

        Assert.Equal("/", await ArrivesAsync(Way));
        Assert.Equal(Role.Contributor, (await UserAsync("new@example.com")).Role);
    }

    [Theory]
    [InlineData("issuer")]
    [InlineData("tenant")]
    [InlineData("audience")]
    [InlineData("expired")]
    [InlineData("nonce")]
    [InlineData("signature")]
    [InlineData("hmac")]
    public async Task An_invalid_token_signs_nobody_in(string lie)
    {
        await StartEntraAsync();
        Provider.Lie = token => Tell(lie, token);

        Assert.Contains("could not be verified", await RefusedAsync(Way), StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync(db => db.Set<IdentityUserLogin<string>>()));
    }

    [Fact]
    public async Task An_unsigned_token_signs_nobody_in()
    {
        await StartEntraAsync();
        Provider.Spoil = token => $"{Base64UrlEncoder.Encode("""{"alg":"none"}""")}.{token.Split('.')[1]}.";

        Assert.Contains("could not be verified", await RefusedAsync(Way), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signing_out_here_signs_out_there()
    {
        await StartEntraAsync();
        using var browser = App.Open();
        (await browser.FollowAsync(Way)).Dispose();
        using var page = await browser.SubmitAsync("/", "sign-out", []);
        using var back = await browser.FollowAsync((await Browser.ReadAsync(page)).QuerySelector("main a")!.GetAttribute("href")!);

        Assert.EndsWith("/signout-callback-oidc", Provider.SignedOut!["post_logout_redirect_uri"], StringComparison.Ordinal);
        Assert.Equal("/sign-in", back.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [Fact]
    public async Task Both_kinds_of_provider_can_be_used_together()
    {
        await using var other = await SmallProvider.StartAsync();
        other.Email = TestApp.EmailOf(Role.Viewer);
        await StartEntraAsync(other.Settings);
        using var browser = App.Open();
        var buttons = (await browser.ReadAsync("/sign-in")).QuerySelectorAll("main a").Select(link => link.TextContent);

        Assert.Equal(["Sign in with Microsoft Entra ID", "Sign in with Small Provider"], buttons);
        Assert.Equal("/", await ArrivesAsync(Way));
        Assert.Equal("/", await ArrivesAsync());
        using var administrator = await App.SignInAsync(Role.Administrator);
        var ways = (await administrator.ReadAsync("/system/permissions"))
            .QuerySelectorAll("td[data-label='Signs in with']")
            .Select(cell => cell.TextContent.Trim())
            .Where(way => way != "Password");
        Assert.Equal(["Password + Microsoft Entra ID", "Password + Small Provider"], ways.Order(StringComparer.Ordinal));
    }

    private static void Tell(string lie, SecurityTokenDescriptor token)
    {
        switch (lie)
        {
            case "issuer":
                token.Issuer = "https://another.example";
                break;
            case "tenant":
                (token.Issuer, token.Claims["tid"]) = (token.Issuer.Replace(Tenant, Another, StringComparison.Ordinal), Another);
                break;
            case "audience":
                token.Audience = "another application";
                break;
            case "expired":
                (token.IssuedAt, token.NotBefore, token.Expires) = (
                    DateTime.UtcNow.AddHours(-2),
                    DateTime.UtcNow.AddHours(-2),
                    DateTime.UtcNow.AddHours(-1)
                );
                break;
            case "nonce":
                token.Claims["nonce"] = "another";
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
        }
    }

    private static X509Certificate2 NewCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private async Task StartEntraAsync(params string[] settings) =>
        App = await TestApp.StartWithPeopleAsync(
            services =>
            {
                services.PostConfigure<OpenIdConnectOptions>(
                    SignInProviders.EntraScheme,
                    options => options.BackchannelHttpHandler = Trusting()
                );
                services.Configure<AadIssuerValidatorOptions>(options => options.HttpClientName = "issuer");
                services.AddHttpClient("issuer").ConfigurePrimaryHttpMessageHandler(Trusting);
            },
            [
                $"--AzureAd:Instance={Provider.Address}/",
                $"--AzureAd:TenantId={Tenant}",
                $"--AzureAd:ClientId={SmallProvider.ClientId}",
                $"--AzureAd:ClientSecret={SmallProvider.ClientSecret}",
                .. settings,
            ]
        );

    /// <summary>Trusts only the certificate of this test.</summary>
    private HttpMessageHandler Trusting() =>
        new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, shown, _, _) =>
                    shown is not null && shown.GetCertHashString() == ProviderCertificate.GetCertHashString(),
            },
        };
}
