using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>What each role sees on the pages, and what happens when it opens addresses directly.</summary>
public sealed partial class RolesTests(DemoApp demo)
{
    private const string Export = "Newsletter readers to Klaviyo";
    private static readonly string[] Administration =
    [
        "/sources",
        "/sources/new",
        "/sources/1",
        "/sources/1/edit",
        "/connections",
        "/connections/discover",
        "/connections/1",
        "/connections/1/remove",
        "/system/permissions/new",
        "/system/schedule",
        "/system/general",
    ];
    private static readonly string[] Definition =
    [
        "/segments/new",
        "/segments/1/edit",
        "/exports/new",
        "/exports/1/edit",
        "/exports/schedule?id=1",
        "/person",
    ];

    [Fact]
    public async Task A_viewer_can_only_read()
    {
        await using var viewer = await demo.SignInAsync("viewer");
        await FindsAsync(viewer, ["Home", "Segments", "Exports", "Runs", "Status", "About", "Help"], add: false, run: false, edit: false);
        await IsRefusedAsync(viewer, [.. Administration, .. Definition]);
        await viewer.Page.GotoAsync(await demo.FinishedRun);
        await Expect(viewer.Page.Locator(".equation")).ToHaveCountAsync(2);
        await Expect(viewer.Page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await Expect(viewer.Page.Button("Run again")).ToHaveCountAsync(0);
        await viewer.Page.GotoAsync("/segments");
        await Expect(viewer.Page.Row("Newsletter readers")).ToBeVisibleAsync();
        await Expect(viewer.Page.Locator("main button:not([data-tour-end])")).ToHaveCountAsync(0);
        Assert.Empty(viewer.Faults);
    }

    [Fact]
    public async Task An_operator_can_read_and_run()
    {
        await using var person = await demo.SignInAsync("operator");
        await FindsAsync(person, ["Home", "Segments", "Exports", "Runs", "Status", "About", "Help"], add: false, run: true, edit: false);
        await IsRefusedAsync(person, [.. Administration, .. Definition]);
        await person.Page.GotoAsync(await demo.FinishedRun);
        await Expect(person.Page.Button("Run again")).ToBeEnabledAsync();
        Assert.Empty(person.Faults);
    }

    [Fact]
    public async Task A_contributor_defines_and_runs_exports_but_opens_no_source_or_connection()
    {
        await using var contributor = await demo.SignInAsync("contributor");
        await FindsAsync(
            contributor,
            ["Home", "Segments", "Exports", "Runs", "Person", "Status", "About", "Help"],
            add: true,
            run: true,
            edit: true
        );
        await IsRefusedAsync(contributor, Administration);
        await OpensAsync(contributor, Definition);
        Assert.Empty(contributor.Faults);
    }

    [Fact]
    public async Task An_administrator_opens_everything()
    {
        await using var administrator = await demo.SignInAsync("administrator");
        await FindsAsync(
            administrator,
            [
                "Home",
                "Sources",
                "Segments",
                "Exports",
                "Runs",
                "Person",
                "Connections",
                "Status",
                "Schedule",
                "Alerts",
                "General",
                "Permissions",
                "Audit",
                "About",
                "Help",
            ],
            add: true,
            run: true,
            edit: true
        );
        await OpensAsync(administrator, [.. Administration, .. Definition]);
        Assert.Empty(administrator.Faults);
    }

    [Fact]
    public async Task A_visitor_is_sent_to_the_sign_in_page_and_then_to_the_requested_page()
    {
        await using var stranger = await demo.VisitAsync();
        var page = stranger.Page;
        foreach (var address in Administration.Concat(Definition).Append("/"))
            await AnswersAsync(page, address, "Sign in");
        await page.GotoAsync("/segments/1");
        await page.GetByLabel("Email").FillAsync("viewer@demo.example");
        await page.GetByLabel("Password").FillAsync("not the password");
        await page.Button("Sign in").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The email or the password is incorrect.");
        await stranger.KeepAsync("sign-in-refused");
        await page.GetByLabel("Password").FillAsync(DemoApp.Password);
        await page.Button("Sign in").ClickAsync();
        await page.ArrivesAsync("**/segments/1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Account: Vera Viewer" }).ClickAsync();
        await page.Button("Sign out").ClickAsync();
        await Expect(page.Heading("Sign in")).ToBeVisibleAsync();
        await page.GotoAsync("/segments/1");
        await Expect(page.Heading("Sign in")).ToBeVisibleAsync();
    }

    private static async Task FindsAsync(Visitor visitor, string[] pages, bool add, bool run, bool edit)
    {
        var page = visitor.Page;
        await page.GotoAsync("/exports");
        var row = page.Row(Export);
        await Expect(row).ToBeVisibleAsync();
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        Assert.Equal(
            pages,
            await page.Locator(".nav a").EvaluateAllAsync<string[]>("links => links.map(link => link.lastChild.textContent.trim())")
        );
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Add destination" })).ToHaveCountAsync(add ? 1 : 0);
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = "Run now" })).ToHaveCountAsync(run ? 1 : 0);
        await Expect(row.GetByRole(AriaRole.Link, new() { Name = edit ? $"Edit: {Export}" : $"View: {Export}", Exact = true }))
            .ToHaveCountAsync(1);
        await Expect(row.GetByRole(AriaRole.Button, new() { Name = $"More commands: {Export}" })).ToHaveCountAsync(edit ? 1 : 0);
        await page.GetByRole(AriaRole.Link, new() { Name = Export }).First.ClickAsync();
        await Expect(page.Heading(Export)).ToBeVisibleAsync();
        await Expect(page.Button("Run now")).ToHaveCountAsync(run ? 1 : 0);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Edit", Exact = true })).ToHaveCountAsync(edit ? 1 : 0);
    }

    private static async Task IsRefusedAsync(Visitor visitor, string[] addresses)
    {
        foreach (var address in addresses)
            await AnswersAsync(visitor.Page, address, "Access denied");
        await visitor.Page.GotoAsync(addresses[0]);
        await Expect(visitor.Page.Heading("Access denied")).ToBeVisibleAsync();
        await visitor.KeepAsync("access-denied");
    }

    /// <summary>Requests a page with the cookies of the browser, without showing it, which takes most of the time.</summary>
    private static async Task AnswersAsync(IPage page, string address, string heading)
    {
        var answer = await page.APIRequest.GetAsync(address);
        var headings = Heading().Matches(await answer.TextAsync()).Select(found => found.Groups[1].Value.Trim());
        Assert.Equal((address, heading), (address, string.Join(' ', headings)));
    }

    [GeneratedRegex("<h1[^>]*>(.*?)</h1>", RegexOptions.Singleline)]
    private static partial Regex Heading();

    private static async Task OpensAsync(Visitor visitor, string[] addresses)
    {
        foreach (var address in addresses)
        {
            await visitor.Page.GotoAsync(address);
            await Expect(visitor.Page.Heading("Access denied")).ToHaveCountAsync(0);
            await Expect(visitor.Page.Locator("main fieldset.bare:not([disabled]), main form").First).ToBeVisibleAsync();
            await Expect(visitor.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        }
    }
}
