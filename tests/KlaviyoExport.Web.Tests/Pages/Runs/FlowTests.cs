using System.Globalization;
using Bunit;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class FlowTests
{
    private static readonly FlowCounts Ended = new(
        Read: 1_000,
        LeftOut: 100,
        Sent: 850,
        NotSent: 50,
        Accepted: 800,
        Refused: 30,
        Unconfirmed: 20,
        Awaited: 0
    );

    [Fact]
    public void The_height_of_a_bar_is_proportional_to_its_count()
    {
        var bars = FlowLayout.Of(Ended, 720).Bars.ToDictionary(bar => bar.Key);

        Assert.Equal(bars["Read"].Height * .85, bars["Sent"].Height, 6);
        Assert.Equal(bars["Sent"].Height, bars["Accepted"].Height + bars["Refused"].Height + bars["Unconfirmed"].Height, 6);
    }

    [Fact]
    public void Bands_of_a_bar_are_stacked_and_fill_it()
    {
        var layout = FlowLayout.Of(Ended, 720);
        var leaving = layout.Bands.Take(3).ToList();

        Assert.Equal(["Sent", "NotSent", "LeftOut"], leaving.Select(band => band.Key));
        Assert.All(leaving.Zip(leaving.Skip(1)), pair => Assert.Equal(pair.First.FromY + pair.First.Height, pair.Second.FromY, 6));
        Assert.Equal(layout.Bars[0].Height, leaving.Sum(band => band.Height), 6);
    }

    [Fact]
    public void Small_counts_are_visible_and_zero_has_no_band()
    {
        var layout = FlowLayout.Of(new(1_000_000, 0, 1_000_000, 0, 999_999, 1, 0, 0), 326);

        Assert.True(layout.Bars.Single(bar => bar.Key == "Refused").Height > 1);
        Assert.DoesNotContain(layout.Bands, band => band.Key is "LeftOut" or "Unconfirmed");
    }

    [Fact]
    public void No_bar_covers_the_text_of_another()
    {
        foreach (var column in FlowLayout.Of(Ended, 326).Bars.GroupBy(bar => bar.X))
            Assert.All(column.Zip(column.Skip(1)), pair => Assert.True(pair.Second.Y - pair.First.Y >= 38));
    }

    [Fact]
    public void The_chart_has_a_text_alternative_and_is_the_same_in_every_culture()
    {
        using var ui = new UiContext("ca");
        var picture = ui.Render<ProfileFlowChart>(parameters => parameters.Add(picture => picture.Counts, Ended));

        Assert.Equal(2, picture.FindAll("svg[role=img]").Count);
        Assert.Contains("Llegits: 1.000 · Enviats: 850", picture.Find("svg").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.All(
            picture.FindAll("rect"),
            bar => Assert.True(double.Parse(bar.GetAttribute("height")!, CultureInfo.InvariantCulture) <= 132)
        );
        Assert.DoesNotContain(",", picture.Find("path").GetAttribute("d"), StringComparison.Ordinal);
    }
}
