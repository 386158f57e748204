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
    public void Bars_are_as_high_as_their_counts()
    {
        var bars = FlowLayout.Of(Ended, 720).Bars.ToDictionary(bar => bar.Key);

        Assert.Equal(bars["Read"].Height * .85, bars["Sent"].Height, 6);
        Assert.Equal(bars["Sent"].Height, bars["Accepted"].Height + bars["Refused"].Height + bars["Unconfirmed"].Height, 6);
    }

    [Fact]
    public void Bands_leave_a_bar_one_below_the_other_and_fill_it()
    {
        var layout = FlowLayout.Of(Ended, 720);
        var leaving = layout.Bands.Take(3).ToList();

        Assert.Equal(["Sent", "NotSent", "LeftOut"], leaving.Select(band => band.Key));
        Assert.All(leaving.Zip(leaving.Skip(1)), pair => Assert.Equal(pair.First.FromY + pair.First.Height, pair.Second.FromY, 6));
        Assert.Equal(layout.Bars[0].Height, leaving.Sum(band => band.Height), 6);
    }

    [Fact]
    public void Whoever_is_few_is_still_seen_and_nobody_is_no_band()
    {
        var layout = FlowLayout.Of(new(1_000_000, 0, 1_000_000, 0, 999_999, 1, 0, 0), 326);

        Assert.True(layout.Bars.Single(bar => bar.Key == "Refused").Height > 1);
        Assert.DoesNotContain(layout.Bands, band => band.Key is "LeftOut" or "Unconfirmed");
    }

    [Fact]
    public void No_bar_stands_on_the_words_of_another()
    {
        foreach (var column in FlowLayout.Of(Ended, 326).Bars.GroupBy(bar => bar.X))
            Assert.All(column.Zip(column.Skip(1)), pair => Assert.True(pair.Second.Y - pair.First.Y >= 38));
    }

    [Fact]
    public void The_picture_is_told_to_those_who_do_not_see_it_and_drawn_the_same_in_every_culture()
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
