using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Pages.System;

public sealed class AboutPageTests
{
    [Fact]
    public async Task Everybody_sees_what_runs_and_only_administrators_see_where_the_data_is()
    {
        await using var app = await TestApp.StartWithPeopleAsync("--Klaviyo:Revision=2020-01-15");
        foreach (var role in Enum.GetValues<Role>())
        {
            using var browser = await app.SignInAsync(role);
            var page = await browser.ReadAsync("/system/about");
            var text = page.QuerySelector("main")!.TextContent;

            Assert.Contains("SQLite", text, StringComparison.Ordinal);
            Assert.Contains("2020-01-15", text, StringComparison.Ordinal);
            Assert.Contains("was retired on", page.QuerySelector(".alert-danger")!.TextContent, StringComparison.Ordinal);
            Assert.Equal(role == Role.Administrator, text.Contains(app.Directory, StringComparison.Ordinal));
        }
    }
}
