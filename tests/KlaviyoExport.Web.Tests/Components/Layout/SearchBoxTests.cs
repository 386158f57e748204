using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Layout;

namespace KlaviyoExport.Web.Tests.Components.Layout;

public sealed class SearchBoxTests
{
    [Theory]
    [InlineData(Role.Administrator, "SHOP", "connections/1")]
    [InlineData(Role.Viewer, "shop")]
    [InlineData(Role.Viewer, "xport", "exports")]
    [InlineData(Role.Viewer, "reader", "exports/1", "runs/1")]
    [InlineData(Role.Administrator, "no such name")]
    public async Task Pages_and_things_are_found_while_a_person_types(Role role, string text, params string[] links)
    {
        await using var context = await PageContext.CreateAsync(role);
        await context.AddRunAsync(_ => { });
        var box = context.Ui.Render<SearchBox>();

        box.Find("input").Input(text);
        await PageContext.UntilAsync(() => context.Clock.WaitingTimers == 1);
        context.Clock.Advance(SearchBox.Pause);

        await PageContext.UntilAsync(() => box.FindAll("li a, p.popup-note").Count > 0);
        Assert.Equal(links, box.FindAll("li a").Select(link => link.GetAttribute("href")));
        Assert.Equal($"Results: {links.Length}", box.Find("[role=status]").TextContent);
        Assert.Equal(links.Length == 0, box.Markup.Contains("Nothing has this name.", StringComparison.Ordinal));
    }
}
