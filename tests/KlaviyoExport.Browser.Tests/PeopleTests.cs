using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>A person is added, works, and loses rights while a page is open.</summary>
public sealed class PeopleTests(DemoApp demo)
{
    private const string Password = "nine small boats";

    [Fact]
    public async Task An_administrator_adds_a_person_who_sets_a_password_and_is_later_demoted()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        var link = await AddAsync(administrator);
        await using var person = await demo.VisitAsync();
        await SetPasswordAsync(person, link);
        await person.SignInAsync("nina@demo.example", Password);
        await person.Page.GotoAsync("/system/permissions/new");
        await Expect(person.Page.Locator("main fieldset.bare:not([disabled])")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Viewer") }).CheckAsync();
        await page.Button("Change role").ClickAsync();
        await Expect(page.GetByText("Nina Nova is now: Viewer.")).ToBeVisibleAsync();
        await administrator.KeepAsync("permissions-person");
        // Within fifteen seconds, without a click.
        await Expect(person.Page.Heading("Sign in")).ToBeVisibleAsync(new() { Timeout = 30_000 });
        await person.SignInAsync("nina@demo.example", Password);
        await person.Page.GotoAsync("/system/permissions");
        await Expect(person.Page.Heading("Access denied")).ToBeVisibleAsync();

        await ReadsAuditAsync(administrator);
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task A_change_of_role_is_undone_by_one_click()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/system/permissions/new");
        await page.GetByLabel("Display name").FillAsync("Oto Otter");
        await page.GetByLabel("Email").FillAsync("oto@demo.example");
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Operator") }).CheckAsync();
        await page.Button("Add").ClickAsync();
        // The page of the new person has the same choice.
        await Expect(page.Heading("Oto Otter")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Viewer") }).CheckAsync();
        await page.Button("Change role").ClickAsync();
        await Expect(page.GetByText("Oto Otter is now: Viewer.")).ToBeVisibleAsync();

        await page.Button("Undo").ClickAsync();
        await Expect(page.GetByText("Oto Otter is now: Operator.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Operator") })).ToBeCheckedAsync();
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task Nobody_gives_their_own_role_away_by_mistake()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/system/permissions");
        await page.GetByRole(AriaRole.Link, new() { Name = "Ana Administrator", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Viewer") }).CheckAsync();
        await page.Button("Change role").ClickAsync();
        var question = page.GetByRole(AriaRole.Alertdialog);
        await Expect(question).ToContainTextAsync("Only another administrator can give the role back to you.");
        await administrator.PhotographAsync("permissions-own-role");
        await question.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();

        await page.ReloadAsync();
        await Expect(page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Administrator") })).ToBeCheckedAsync();
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task The_last_administrator_cannot_be_removed()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        await page.GotoAsync("/system/permissions");
        await page.GetByRole(AriaRole.Link, new() { Name = "Ana Administrator", Exact = true }).ClickAsync();
        await page.Button("Remove").ClickAsync();
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Remove", Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("last administrator");
        await administrator.KeepAsync("permissions-last-administrator");
        Assert.Empty(administrator.Faults);
    }

    private static async Task<string> AddAsync(Visitor administrator)
    {
        var page = administrator.Page;
        await page.GotoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Permissions" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Add person" }).ClickAsync();
        await page.GetByLabel("Display name").FillAsync("Nina Nova");
        await page.GetByLabel("Email").FillAsync("nina@demo.example");
        await page.GetByRole(AriaRole.Radio, new() { NameRegex = new("^Administrator") }).CheckAsync();
        await administrator.KeepAsync("permissions-add");
        await page.Button("Add").ClickAsync();
        await Expect(page.Heading("Nina Nova")).ToBeVisibleAsync();
        await Expect(page.GetByText("Cannot sign in yet")).ToBeVisibleAsync();
        await page.Button("Make a link").ClickAsync();
        var link = page.GetByLabel("Link", new() { Exact = true });
        await Expect(link).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("/set-password\\?user="));
        return await link.InputValueAsync();
    }

    private static async Task SetPasswordAsync(Visitor person, string link)
    {
        var page = person.Page;
        await page.GotoAsync(link);
        await page.GetByLabel("New password", new() { Exact = true }).FillAsync(Password);
        await page.GetByLabel("New password again").FillAsync(Password);
        await person.KeepAsync("set-password");
        await page.Button("Set your password").ClickAsync();
        await Expect(page.GetByText("Your password is set.")).ToBeVisibleAsync();
    }

    private static async Task ReadsAuditAsync(Visitor administrator)
    {
        var page = administrator.Page;
        await page.GotoAsync("/system/permissions");
        await administrator.KeepAsync("permissions");
        await page.GotoAsync("/system/audit");
        await page.GetByRole(AriaRole.Searchbox, new() { Name = "Search" }).FillAsync("nina");
        await page.Button("Show").ClickAsync();
        await Expect(page.Row("Role changed")).ToContainTextAsync("Viewer");
        await Expect(page.Row("Password set")).ToContainTextAsync("Nina Nova");
        await Expect(page.GetByText("nina@demo.example")).ToHaveCountAsync(0);
        await administrator.KeepAsync("audit");
    }
}
