using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Localization;

public sealed class LanguageTests
{
    [Fact]
    public async Task The_readers_choice_has_priority_over_the_browsers_language()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Viewer);
        browser.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ca");
        Assert.Equal("Exportacions", (await browser.ReadAsync("/exports")).QuerySelector("h1")!.TextContent);

        using var chosen = await browser.SubmitAsync("/exports", "language", new() { ["language"] = "sr-Cyrl" });

        Assert.Equal("/exports", app.LeadsTo(chosen));
        var page = await browser.ReadAsync("/exports");
        Assert.Equal("Извози", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("sr-Cyrl", page.DocumentElement.GetAttribute("lang"));
    }

    [Fact]
    public async Task An_unknown_language_is_English()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Viewer);
        (await browser.SubmitAsync("/exports", "language", new() { ["language"] = "xx" })).Dispose();

        Assert.Equal("Exports", (await browser.ReadAsync("/exports")).QuerySelector("h1")!.TextContent);
    }
}
