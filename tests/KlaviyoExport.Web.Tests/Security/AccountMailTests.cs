using KlaviyoExport.People;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Mails to people whose way of signing in was changed.</summary>
public sealed class AccountMailTests : MailedTest
{
    private const string Page = "/account/security";
    private const string Chosen = "seven green lamps";
    private int _told;

    [Fact]
    public async Task A_person_is_told_of_every_change_of_the_ways_to_sign_in()
    {
        using var browser = await App.SignInAsync(Role.Viewer);
        (await browser.SubmitAsync(Page, "app-begin", [])).Dispose();
        var key = (await browser.ReadAsync(Page)).QuerySelector("#app code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        (await browser.SubmitAsync(Page, "app-confirm", new() { ["Code"] = "000000" })).Dispose();
        Assert.Empty(Mails);

        (await browser.SubmitAsync(Page, "app-confirm", new() { ["Code"] = Totp.Of(key) })).Dispose();
        await ToldAsync("An authenticator app was added to your account");
        (await browser.SubmitAsync(Page, "codes", [])).Dispose();
        await ToldAsync("New recovery codes were made for your account");
        (await browser.SubmitAsync(Page, "app-remove", [])).Dispose();
        await ToldAsync("The authenticator app was removed from your account");
        await AddPasskeyAsync();
        (await browser.SubmitAsync(Page, "passkey-remove", new() { ["Id"] = "010203" })).Dispose();
        await ToldAsync("A passkey was removed from your account");
        var passwords = new Dictionary<string, string>
        {
            ["Input.Current"] = "wrong",
            ["Input.Password"] = Chosen,
            ["Input.Again"] = Chosen,
        };
        (await browser.SubmitAsync("/account", "password", passwords)).Dispose();
        var guessable = new Dictionary<string, string>(passwords)
        {
            ["Input.Current"] = TestApp.Password,
            ["Input.Password"] = "password1234",
            ["Input.Again"] = "password1234",
        };
        (await browser.SubmitAsync("/account", "password", guessable)).Dispose();
        (await browser.SubmitAsync("/account", "password", new(passwords) { ["Input.Current"] = TestApp.Password })).Dispose();
        await ToldAsync("The password of your account was changed");
        var viewer = await App.ActorAsync(Role.Viewer);
        var administrator = await App.ActorAsync(Role.Administrator);
        var link = await App.Services.GetRequiredService<PasswordLinks>().MakeAsync(administrator, viewer.Id, Cancel);
        using var visitor = App.Open();
        (await visitor.SubmitAsync("/" + link, "set-password", new() { ["Input.Password"] = Chosen, ["Input.Again"] = Chosen })).Dispose();
        await ToldAsync("The password of your account was changed");
        await App.Services.GetRequiredService<SecondFactorResets>().ResetAsync(administrator, viewer.Id);
        await ToldAsync("An administrator has removed your second factor");
        // Nothing was told of what was refused.
        Assert.Equal(_told, Mails.Count);
    }

    private async Task AddPasskeyAsync()
    {
        await using var scope = App.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByIdAsync((await App.ActorAsync(Role.Viewer)).Id))!;
        var passkey = new UserPasskeyInfo([1, 2, 3], [4], DateTimeOffset.UtcNow, 0, ["usb"], true, false, false, [5], [6]) { Name = "Key" };
        await users.AddOrUpdatePasskeyAsync(user, passkey);
    }

    /// <summary>Waits for the next mail, which must be about this.</summary>
    private async Task ToldAsync(string subject)
    {
        await ArriveAsync(++_told);
        var mail = Mails[_told - 1];
        Assert.Equal($"[Klaviyo Export] {subject}", mail.Subject);
        Assert.Equal("viewer@example.com", mail.To.Mailboxes.Single().Address);
    }
}
