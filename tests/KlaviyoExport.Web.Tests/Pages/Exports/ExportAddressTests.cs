using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Exports;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class ExportAddressTests
{
    [Fact]
    public void An_address_without_a_view_is_the_plain_one() =>
        Assert.Equal("/exports", ExportAddress.Of(ExportAddress.Read(null, null, false, null, null)));

    [Fact]
    public void A_view_is_read_from_its_address_as_it_was_written()
    {
        Assert.Equal(
            "/exports?search=a%20%26%20b&sort=NextRun&descending=true&state=FailedPermanent&page=3",
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
    public void What_makes_no_sense_in_an_address_is_passed_over(string search, string sort, string state, int page) =>
        Assert.Equal(new ExportQuery(), ExportAddress.Read(search, sort, false, state, page));

    [Fact]
    public void Sorting_by_the_same_column_again_turns_it_round_and_begins_at_the_first_page()
    {
        var once = new ExportQuery { Page = 7 }.By(ExportColumn.Status);
        Assert.Equal((ExportColumn.Status, false, 1), (once.Sort, once.Descending, once.Page));
        Assert.True(once.By(ExportColumn.Status).Descending);
        Assert.False(once.By(ExportColumn.Status).By(ExportColumn.Name).Descending);
    }
}
