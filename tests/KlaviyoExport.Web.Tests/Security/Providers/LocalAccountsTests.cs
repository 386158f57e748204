using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>Passwords are turned off; people sign in with the provider only.</summary>
public sealed class LocalAccountsTests : ProviderTest
{
    private static readonly string[] Off = ["--LocalAccounts:Enabled=false", "--Roles:Administrator=admins", "--Roles:Viewer=staff"];

    [Fact]
    public async Task With_a_provider_there_is_no_setup_and_the_first_administrator_comes_from_it()
    {
        App = await TestApp.StartAsync([.. Provider.Settings, .. Off]);
        (Provider.Email, Provider.Roles) = ("ana@example.com", ["admins"]);
        using var browser = App.Open();
        var page = await browser.ReadAsync("/sign-in");

        Assert.DoesNotContain("/setup/", App.Console.ToString(), StringComparison.Ordinal);
        Assert.Empty(page.QuerySelectorAll("main form"));
        Assert.Equal("Sign in with Small Provider", page.QuerySelector("main a")!.TextContent);
        Assert.Equal("/", await ArrivesAsync());
        Assert.Equal(Role.Administrator, (await UserAsync("ana@example.com")).Role);
    }

    [Fact]
    public async Task With_local_accounts_off_passwords_are_refused_and_their_sessions_have_ended()
    {
        using var keys = new KeptDirectory();
        App = await TestApp.StartWithPeopleAsync();
        var administrator = await App.ActorAsync(Role.Administrator);
        var link = await App.Services.GetRequiredService<PasswordLinks>().MakeAsync(administrator, administrator.Id, Cancel);
        using var browser = await App.SignInAsync(Role.Administrator);
        await App.StopAndKeepAsync(keys.Path);
        App = await TestApp.StartInAsync(keys.Path, [.. Provider.Settings, .. Off]);
        using var anew = new Browser(App.Address, browser.Cookies);

        using var page = await anew.GetAsync("/exports");
        Assert.StartsWith("/sign-in", App.LeadsTo(page), StringComparison.Ordinal);
        Assert.Equal("This link is not valid", (await anew.ReadAsync("/" + link)).QuerySelector("h1")!.TextContent);
        await using var scope = App.Services.CreateAsyncScope();
        Assert.Equal(
            SignInAnswer.Wrong,
            await scope
                .ServiceProvider.GetRequiredService<PasswordSignIn>()
                .SignInAsync(TestApp.EmailOf(Role.Administrator), TestApp.Password, code: null)
        );
        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
            App.Services.GetRequiredService<PasswordLinks>().MakeAsync(administrator, administrator.Id, Cancel)
        );
        Assert.Equal("People.LocalAccountsOff", refused.LocalizedMessage.Code);
        Assert.Equal(
            "People.LocalAccountsOff",
            (
                await Assert.ThrowsAnyAsync<LocalizedException>(() =>
                    scope
                        .ServiceProvider.GetRequiredService<OwnAccounts>()
                        .ChangePasswordAsync(administrator, TestApp.Password, "another long password")
                )
            )
                .LocalizedMessage
                .Code
        );
    }

    [Fact]
    public async Task A_session_of_the_provider_continues_and_its_account_has_no_password()
    {
        App = await TestApp.StartAsync([.. Provider.Settings, .. Off]);
        (Provider.Email, Provider.Groups) = ("vera@example.com", ["staff"]);
        using var browser = App.Open();
        (await browser.FollowAsync("/sign-in/provider")).Dispose();
        using var page = await browser.GetAsync("/account");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Empty((await Browser.ReadAsync(page)).QuerySelectorAll("input[type=password]"));
    }

    [Fact]
    public async Task Without_a_provider_the_application_does_not_start()
    {
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync("--LocalAccounts:Enabled=false"));

        Assert.Contains("no identity provider is configured", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_application_does_not_start_if_nobody_could_become_administrator()
    {
        var fault = await Assert.ThrowsAsync<StartFaultException>(() =>
            TestApp.StartAsync([.. Provider.Settings, "--LocalAccounts:Enabled=false", "--Roles:Viewer=staff"])
        );

        Assert.Contains("Roles:Administrator", fault.Message, StringComparison.Ordinal);
    }

    private sealed class KeptDirectory : IDisposable
    {
        private readonly string _parent = Directory.CreateTempSubdirectory("klaviyo-export-kept-").FullName;

        public string Path => System.IO.Path.Combine(_parent, "data");

        public void Dispose() => Directory.Delete(_parent, recursive: true);
    }
}
