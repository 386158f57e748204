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

    [Fact]
    public void Profiles_taken_off_in_Klaviyo_are_a_part_of_the_first_sum()
    {
        using var ui = new UiContext();
        var ledger = AddingUp;
        (ledger.Members, ledger.Respected) = (1_240, 6);
        var card = Render(ui, ledger, isFinal: true);

        Assert.Contains("1,240 = 4 + 10 + 20 + 100 + 6 + 1,100", card.Markup, StringComparison.Ordinal);
        Assert.Contains(card.FindAll("th"), part => part.TextContent == "Taken off in Klaviyo");
        Assert.Equal(2, card.FindAll(".badge-success").Count);
    }

    [Fact]
    public void A_mirror_run_says_where_those_who_left_the_segments_are()
    {
        using var ui = new UiContext();
        var ledger = AddingUp;
        (ledger.Leaving, ledger.Removed, ledger.KeptForOthers, ledger.KeptFromBefore, ledger.AlreadyOff) = (20, 8, 5, 3, 4);
        var card = Render(ui, ledger, isFinal: true, SyncMode.Mirror);

        Assert.Contains("20 = 8 + 5 + 3 + 4", card.Markup, StringComparison.Ordinal);
        Assert.Equal(
            ["Removed from the list", "Kept for another export", "Kept: on the list before", "Already off the list", "Left the segments"],
            card.FindAll("table")[2].QuerySelectorAll("th").Select(part => part.TextContent)
        );
        Assert.Equal(3, card.FindAll(".badge-success").Count);
    }

    [Fact]
    public void A_mirror_run_that_ended_early_says_how_many_are_not_settled()
    {
        using var ui = new UiContext();
        var ledger = AddingUp;
        (ledger.Leaving, ledger.Removed) = (20, 8);
        var card = Render(ui, ledger, isFinal: true, SyncMode.Mirror);

        Assert.Contains("20 = 8 + 0 + 0 + 12", card.Markup, StringComparison.Ordinal);
        Assert.Contains(card.FindAll("th"), part => part.TextContent == "Not settled");
    }

    [Fact]
    public void Only_mirror_runs_have_the_third_sum()
    {
        using var ui = new UiContext();

        Assert.Equal(2, Render(ui, AddingUp, isFinal: true, SyncMode.Incremental).FindAll("table").Count);
        Assert.Equal(3, Render(ui, AddingUp, isFinal: true, SyncMode.Mirror).FindAll("table").Count);
    }

    [Fact]
    public void An_undo_says_who_was_not_taken_off_if_there_is_anybody()
    {
        using var ui = new UiContext();
        var ledger = new Ledger { Leaving = 5, Removed = 5 };
        var card = ui.Render<LedgerCard>(parameters =>
            parameters.Add(card => card.Ledger, ledger).Add(card => card.IsFinal, true).Add(card => card.IsUndo, true)
        );
        Assert.Contains("5 = 5 + 0<", card.Markup, StringComparison.Ordinal);

        (ledger.Leaving, ledger.KeptForOthers, ledger.KeptFromBefore, ledger.AlreadyOff) = (11, 1, 2, 3);
        card.Render();

        Assert.Contains("11 = 5 + 1 + 2 + 3<", card.Markup, StringComparison.Ordinal);
        Assert.Equal(
            [
                "Removed from the list",
                "Kept for another export",
                "Kept: on the list before",
                "Already off the list",
                "Joined the list through the undone run",
            ],
            card.FindAll("table")[0].QuerySelectorAll("th").Select(part => part.TextContent)
        );
    }

    private static IRenderedComponent<LedgerCard> Render(UiContext ui, Ledger ledger, bool isFinal, SyncMode mode = SyncMode.Full) =>
        ui.Render<LedgerCard>(parameters =>
            parameters.Add(card => card.Ledger, ledger).Add(card => card.IsFinal, isFinal).Add(card => card.SyncMode, mode)
        );
}
