using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Exports;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class HistoryChartTests
{
    [Fact]
    public void The_largest_run_fills_the_height_and_the_others_are_scaled_to_it()
    {
        var chart = new HistoryChart([Point(1, 50, 0, 10), Point(2, 75, 25, 40)]);

        Assert.Equal(100, chart.MostCounted);
        Assert.Equal(HistoryChart.CountsHeight / 2.0, chart.Bars[0].Accepted, 6);
        Assert.Equal(0, chart.Bars[1].RefusedTop, 6);
        Assert.Equal(HistoryChart.CountsHeight, chart.Bars[1].Accepted + chart.Bars[1].Refused, 6);
        Assert.Equal(HistoryChart.DurationHeight / 4.0, chart.Bars[0].Duration, 6);
    }

    [Fact]
    public void One_refused_profile_among_many_is_still_visible() =>
        Assert.True(new HistoryChart([Point(1, 99_999, 1, 5)]).Bars[0].Refused > 1);

    [Fact]
    public void Thirty_runs_fit_into_the_chart_and_none_covers_another()
    {
        var bars = new HistoryChart([.. Enumerable.Range(1, 30).Select(run => Point(run, run, 0, run))]).Bars;

        Assert.True(bars[^1].Left + bars[^1].Width <= HistoryChart.Width);
        Assert.All(bars.Zip(bars.Skip(1)), pair => Assert.True(pair.First.Left + pair.First.Width < pair.Second.Left));
    }

    [Fact]
    public void Runs_without_profiles_make_a_chart_without_height()
    {
        var bar = Assert.Single(new HistoryChart([new RunPoint(1, DateTimeOffset.UnixEpoch, RunState.Canceled, 0, 0, null)]).Bars);
        Assert.Equal((0, 0, 0), (bar.Accepted, bar.Refused, bar.Duration));
        Assert.Empty(new HistoryChart([]).Bars);
    }

    private static RunPoint Point(int run, long accepted, long refused, int seconds) =>
        new(run, DateTimeOffset.UnixEpoch, RunState.Successful, accepted, refused, TimeSpan.FromSeconds(seconds));
}
