using KlaviyoExport.People;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Mails to people whose way of signing in was changed.</summary>
public sealed class AccountMailTests : IAsyncLifetime
{
    private const string Page = "/account/security";
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
    public async Task A_person_is_told_of_every_change_of_the_ways_to_sign_in()
    {
        using var browser = await _app.SignInAsync(Role.Viewer);
        (await browser.SubmitAsync(Page, "app-begin", [])).Dispose();
        var key = (await browser.ReadAsync(Page)).QuerySelector("#app code")!.TextContent.Replace(" ", "", StringComparison.Ordinal);
        (await browser.SubmitAsync(Page, "app-confirm", new() { ["Code"] = "000000" })).Dispose();
        Assert.Empty(_mails.Mails);

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
        (await browser.SubmitAsync("/account", "password", new(passwords) { ["Input.Current"] = TestApp.Password })).Dispose();
        await ToldAsync("The password of your account was changed");
        var viewer = await _app.ActorAsync(Role.Viewer);
        var administrator = await _app.ActorAsync(Role.Administrator);
        var link = await _app.Services.GetRequiredService<PasswordLinks>().MakeAsync(administrator, viewer.Id, Cancel);
        using var visitor = _app.Open();
        (await visitor.SubmitAsync("/" + link, "set-password", new() { ["Input.Password"] = Chosen, ["Input.Again"] = Chosen })).Dispose();
        await ToldAsync("The password of your account was changed");
        await _app.Services.GetRequiredService<SecondFactorResets>().ResetAsync(administrator, viewer.Id);
        await ToldAsync("An administrator has removed your second factor");
    }

    private async Task AddPasskeyAsync()
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByIdAsync((await _app.ActorAsync(Role.Viewer)).Id))!;
        var passkey = new UserPasskeyInfo([1, 2, 3], [4], DateTimeOffset.UtcNow, 0, ["usb"], true, false, false, [5], [6]) { Name = "Key" };
        await users.AddOrUpdatePasskeyAsync(user, passkey);
    }

    /// <summary>Waits for the next mail, which must be about this.</summary>
    private async Task ToldAsync(string subject)
    {
        var before = _told++;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (_mails.Mails.Count <= before)
            await look.WaitForNextTickAsync(patience.Token);
        var mail = _mails.Mails[before];
        Assert.Equal($"[Klaviyo Export] {subject}", mail.Subject);
        Assert.Equal("viewer@example.com", mail.To.Mailboxes.Single().Address);
    }

    private int _told;
}
