using Bunit;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class AgoTests
{
    [Theory]
    [InlineData("en", -9 * 24 * 60, "9 days ago")]
    [InlineData("en", -24 * 60, "1 day ago")]
    [InlineData("en", -0.5, "just now")]
    [InlineData("en", 5, "in 5 minutes")]
    [InlineData("sr-Cyrl", -1, "пре 1 минут")]
    [InlineData("sr-Cyrl", -3 * 60, "пре 3 сата")]
    [InlineData("sr-Cyrl", -5 * 60, "пре 5 сати")]
    [InlineData("sr-Cyrl", -21 * 24 * 60, "пре 21 дан")]
    [InlineData("sr-Cyrl", -12 * 24 * 60, "пре 12 дана")]
    [InlineData("ca", -60, "fa 1 hora")]
    [InlineData("ca", -2 * 24 * 60, "fa 2 dies")]
    public void A_time_is_written_in_the_readers_language(string language, double minutes, string expected)
    {
        using var ui = new UiContext(language);
        var ago = ui.Render<Ago>(parameters => parameters.Add(component => component.At, ui.Clock.GetUtcNow().AddMinutes(minutes)));

        Assert.Equal(expected, ago.Find("time").TextContent);
    }

    [Fact]
    public void The_exact_time_shows_on_hover_with_its_zone()
    {
        using var ui = new UiContext();
        var ago = ui.Render<Ago>(parameters =>
            parameters.Add(component => component.At, new DateTimeOffset(2026, 11, 13, 14, 30, 0, TimeSpan.FromHours(1)))
        );

        Assert.Contains("1:30", ago.Find("time").GetAttribute("title"), StringComparison.Ordinal);
        Assert.EndsWith("UTC", ago.Find("time").GetAttribute("title"), StringComparison.Ordinal);
        Assert.Equal("2026-11-13T13:30:00.0000000+00:00", ago.Find("time").GetAttribute("datetime"));
    }

    [Fact]
    public void Without_a_time_the_text_says_so()
    {
        using var ui = new UiContext();

        Assert.Equal(
            "Never",
            ui.Render<Ago>(parameters => parameters.Add(component => component.At, null).Add(component => component.Never, "Never"))
                .Find("span")
                .TextContent
        );
    }
}
