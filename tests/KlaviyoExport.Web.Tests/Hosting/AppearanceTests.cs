using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class AppearanceTests
{
    [Fact]
    public async Task The_readers_choice_of_colours_is_kept_until_it_is_taken_back()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Viewer);
        Assert.Equal("system", await ThemeAsync(browser));

        using var chosen = await browser.SubmitAsync("/exports", "theme", new() { ["theme"] = "dark" });

        Assert.Equal("/exports", app.LeadsTo(chosen));
        Assert.Equal("dark", await ThemeAsync(browser));
        (await browser.SubmitAsync("/exports", "theme", new() { ["theme"] = "system" })).Dispose();
        Assert.Equal("system", await ThemeAsync(browser));
    }

    [Fact]
    public async Task An_unknown_choice_follows_the_system()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Viewer);

        (await browser.SubmitAsync("/exports", "theme", new() { ["theme"] = "\"><script>" })).Dispose();

        Assert.Equal("system", await ThemeAsync(browser));
    }

    private static async Task<string?> ThemeAsync(Browser browser) =>
        (await browser.ReadAsync("/exports")).DocumentElement.GetAttribute("data-theme");
}
