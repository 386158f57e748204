using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Exports;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class ExportAddressTests
{
    [Fact]
    public void A_URL_without_a_view_shows_the_default_view() =>
        Assert.Equal("exports", ExportAddress.Of(ExportAddress.Read(null, null, false, null, null)));

    [Fact]
    public void A_view_round_trips_through_its_address()
    {
        Assert.Equal(
            "exports?search=a%20%26%20b&sort=NextRun&descending=true&state=FailedPermanent&page=3",
            ExportAddress.Of(
                new ExportQuery
                {
                    Search = "a & b",
                    Sort = ExportColumn.NextRun,
                    Descending = true,
                    State = RunState.FailedPermanent,
                    Page = 3,
                }
            )
        );
        Assert.Equal(
            new ExportQuery
            {
                Search = "a & b",
                Sort = ExportColumn.NextRun,
                Descending = true,
                State = RunState.FailedPermanent,
                Page = 3,
            },
            ExportAddress.Read("a & b", "NextRun", true, "FailedPermanent", 3)
        );
    }

    [Theory]
    [InlineData("   ", "99", "nonsense", -4)]
    [InlineData("", "'; drop table", "99", 0)]
    public void Invalid_parts_of_a_URL_are_ignored(string search, string sort, string state, int page) =>
        Assert.Equal(new ExportQuery(), ExportAddress.Read(search, sort, false, state, page));

    [Fact]
    public void Sorting_by_the_same_column_again_reverses_the_order_and_shows_the_first_page()
    {
        var once = new ExportQuery { Page = 7 }.By(ExportColumn.Status);
        Assert.Equal((ExportColumn.Status, false, 1), (once.Sort, once.Descending, once.Page));
        Assert.True(once.By(ExportColumn.Status).Descending);
        Assert.False(once.By(ExportColumn.Status).By(ExportColumn.Name).Descending);
    }
}
