using Bunit;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Runs;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Runs;

public sealed class LedgerCardTests
{
    private static Ledger AddingUp =>
        new()
        {
            Members = 1_234,
            WithoutEmail = 4,
            Invalid = 10,
            Duplicate = 20,
            Unchanged = 100,
            Prepared = 1_100,
            Accepted = 1_090,
            Refused = 10,
        };

    [Fact]
    public void Both_sums_are_shown_with_their_results()
    {
        using var ui = new UiContext();
        var card = Render(ui, AddingUp, isFinal: true);

        Assert.Contains("1,234 = 4 + 10 + 20 + 100 + 1,100", card.Markup, StringComparison.Ordinal);
        Assert.Contains("1,100 = 1,090 + 10 + 0 + 0", card.Markup, StringComparison.Ordinal);
        Assert.Equal(2, card.FindAll(".badge-success").Count);
    }

    [Fact]
    public void A_ledger_that_does_not_add_up_at_the_end_is_reported()
    {
        using var ui = new UiContext();
        var ledger = AddingUp;
        ledger.Accepted--;
        var card = Render(ui, ledger, isFinal: true);

        Assert.Equal("does not add up", card.Find(".badge-danger").LastChild!.TextContent);
        Assert.Single(card.FindAll(".badge-success"));
    }

    [Fact]
    public void While_the_run_is_in_progress_an_incomplete_sum_is_no_warning()
    {
        using var ui = new UiContext();
        var ledger = AddingUp;
        ledger.Accepted = 0;

        Assert.Empty(Render(ui, ledger, isFinal: false).FindAll(".badge-danger"));
    }

    [Fact]
    public void Numbers_are_in_the_reader_s_format()
    {
        using var ui = new UiContext("ca");

        Assert.Contains("1.234 = 4 + 10 + 20 + 100 + 1.100", Render(ui, AddingUp, isFinal: true).Markup, StringComparison.Ordinal);
    }

    private static IRenderedComponent<LedgerCard> Render(UiContext ui, Ledger ledger, bool isFinal) =>
        ui.Render<LedgerCard>(parameters => parameters.Add(card => card.Ledger, ledger).Add(card => card.IsFinal, isFinal));
}
