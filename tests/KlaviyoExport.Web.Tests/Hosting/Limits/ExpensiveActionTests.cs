using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Hosting.Limits;

public sealed class ExpensiveActionTests
{
    [Fact]
    public async Task A_person_who_tests_a_source_too_often_is_told_to_wait()
    {
        await using var context = await PageContext.CreateAsync(
            Role.Administrator,
            settings: new() { ["RateLimits:ExpensiveActions"] = "1" }
        );
        var page = context.Ui.Render<EditSource>(parameters => parameters.Add(page => page.KindName, nameof(SourceKind.Csv)));
        page.Find("#location").Input("/nowhere/customers.csv");

        await TestAsync(page);
        Assert.DoesNotContain("too many actions", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await TestAsync(page);

        Assert.Contains("You started too many actions", page.Find("[role=alert]").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_actions_of_another_person_do_not_count()
    {
        using var actions = new ExpensiveActions(
            Microsoft.Extensions.Options.Options.Create(new RateLimitOptions { ExpensiveActions = 1 })
        );
        actions.Count(new Actor("ana", "Ana", Role.Viewer));
        actions.Count(new Actor("boris", "Boris", Role.Viewer));

        var refused = Assert.Throws<LocalizedException>(() => actions.Count(new Actor("ana", "Ana", Role.Viewer)));
        Assert.Equal("People.TooManyActions", refused.LocalizedMessage.Code);
    }

    private static Task TestAsync(IRenderedComponent<EditSource> page) =>
        page.FindAll("button").Single(button => button.TextContent.Trim() == "Test").ClickAsync(new());
}
