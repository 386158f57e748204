using Bunit;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class SkeletonTests
{
    [Fact]
    public void It_draws_the_rows_that_are_expected_and_screen_readers_do_not_read_them()
    {
        using var ui = new UiContext();
        var skeleton = ui.Render<Skeleton>(parameters =>
            parameters.Add(one => one.Shape, SkeletonShape.Row).Add(one => one.Count, 3).Add(one => one.Text, "Reading the lists…")
        );

        Assert.Equal(3, skeleton.FindAll(".skeleton-row > span").Count);
        Assert.Equal("true", skeleton.Find(".skeleton").GetAttribute("aria-hidden"));
        Assert.Equal("Reading the lists…", skeleton.Find("[role=status]").TextContent);
    }

    [Fact]
    public void It_is_silent_where_the_page_tells_what_is_awaited()
    {
        using var ui = new UiContext();

        Assert.Empty(ui.Render<Skeleton>().FindAll("[role=status]"));
    }
}
