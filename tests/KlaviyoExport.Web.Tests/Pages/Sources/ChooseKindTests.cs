using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

public sealed class ChooseKindTests
{
    [Fact]
    public async Task Every_kind_is_offered_once_and_has_a_name_and_an_explanation()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var shown = page.Ui.Render<ChooseKind>();

        Assert.Equal(
            Enum.GetValues<SourceKind>().Select(kind => $"sources/new/{kind}").Order(),
            shown.FindAll("h3 a").Select(link => link.GetAttribute("href")).Order()
        );
        Assert.DoesNotContain("Kind", shown.Find("ul").ParentElement!.ParentElement!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("snow", "sources/new/Odbc")]
    [InlineData("customer insights", "sources/new/SqlServer")]
    [InlineData(" MariaDB ", "sources/new/MySql")]
    [InlineData("redshift", "sources/new/PostgreSqlCompatible")]
    public async Task A_product_leads_to_the_kind_that_reads_it(string typed, string address)
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var shown = page.Ui.Render<ChooseKind>();

        shown.Find("input").Input(typed);

        Assert.Equal(address, Assert.Single(shown.FindAll("h3 a")).GetAttribute("href"));
    }

    [Fact]
    public async Task Who_finds_nothing_is_told_what_else_can_be_read()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var shown = page.Ui.Render<ChooseKind>();

        shown.Find("input").Input("Lotus 1-2-3");

        Assert.Empty(shown.FindAll("h3 a"));
        Assert.Contains("“Lotus 1-2-3”", shown.Find("[role=status]").TextContent, StringComparison.Ordinal);
    }
}
