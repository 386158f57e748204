using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>An administrator looks a person up with the keyboard, downloads what is stored and erases it.</summary>
public sealed class PersonPageTests(DemoApp demo) : IClassFixture<DemoApp>
{
    [Fact]
    public async Task A_person_is_looked_up_downloaded_and_erased_without_an_address_in_a_URL()
    {
        await demo.FinishedRun;
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;
        var asked = new List<string>();
        page.Request += (_, request) => asked.Add(request.Url);
        await page.GotoAsync($"{demo.Klaviyo.Address}lists/Pract1/NwsRdr");
        var member = await page.Locator("tbody tr").Last.Locator("td").First.InnerTextAsync();

        await page.GotoAsync("/exports");
        await page.GetByRole(AriaRole.Link, new() { Name = "Person", Exact = true }).ClickAsync();
        await page.ArrivesAsync("**/person");
        await Expect(page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
        await page.GetByLabel("Email address or profile key").FillAsync(member);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("main h2").First).ToHaveTextAsync($"Results for {member}");
        await Expect(page.GetByText("On the list Newsletter readers").First).ToBeVisibleAsync();

        var download = await page.RunAndWaitForDownloadAsync(() => page.Button("Download").ClickAsync());
        Assert.Equal("person-data.json", download.SuggestedFilename);
        await using (var content = await download.CreateReadStreamAsync())
        using (var file = await JsonDocument.ParseAsync(content, cancellationToken: TestContext.Current.CancellationToken))
            Assert.Equal(member, file.RootElement.GetProperty("address").GetString());

        await page.Button("Erase…").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("Nothing changes in Klaviyo");
        await administrator.KeepAsync("person-erase");
        await page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Erase", Exact = true }).ClickAsync();
        await Expect(page.Locator(".alert-success").First).ToContainTextAsync("Erased: memberships 1");
        await Expect(page.GetByText("Has stored nothing about the person.").First).ToBeVisibleAsync();

        Assert.EndsWith("/person", page.Url, StringComparison.Ordinal);
        Assert.DoesNotContain(asked, url => url.Contains(member.Split('@')[0], StringComparison.OrdinalIgnoreCase));
        Assert.Empty(administrator.Faults);
    }
}
