using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Web.Pages.Connections.Removal;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

public sealed class RemoveConnectionTests : ConnectionPages
{
    [Fact]
    public async Task A_connection_that_no_export_uses_is_removed()
    {
        var page = Render(await AddConnectionAsync("Shop"));

        Button(page, "Remove connection").Click();

        page.WaitForAssertion(() =>
            Assert.Contains("The connection Shop was removed", page.Find(".alert-success").TextContent, StringComparison.Ordinal)
        );
        await using var db = await Context.OpenAsync();
        Assert.False(await db.Set<Connection>().AnyAsync(Cancel));
    }

    [Fact]
    public async Task Nothing_is_preselected_and_a_detached_export_keeps_its_runs()
    {
        var run = await Context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        var page = Render(1);
        Assert.Empty(page.FindAll("input[type=radio][checked]"));
        Assert.True(Button(page, "Remove connection").HasAttribute("disabled"));
        Assert.Contains("for every export", page.Find("#waiting").TextContent, StringComparison.Ordinal);

        RemoveWith(page, choice: 1);

        page.WaitForElement(".alert-success");
        await using var db = await Context.OpenAsync();
        Assert.False(await db.Set<Connection>().AnyAsync(Cancel));
        Assert.Null((await db.Set<Export>().SingleAsync(Cancel)).ConnectionId);
        Assert.True(await db.Set<Run>().AnyAsync(stored => stored.Id == run.Id, Cancel));
    }

    [Fact]
    public async Task An_export_chosen_for_removal_is_removed_with_its_runs()
    {
        await Context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        var page = Render(1);

        RemoveWith(page, choice: 0);

        page.WaitForElement(".alert-success");
        await using var db = await Context.OpenAsync();
        Assert.False(await db.Set<Export>().AnyAsync(Cancel));
        Assert.False(await db.Set<Run>().AnyAsync(Cancel));
    }

    [Fact]
    public async Task A_connection_is_removed_only_after_its_running_export_has_ended()
    {
        var run = await Context.AddRunAsync(run => run.State = RunState.Sending);
        var page = Render(1);
        Assert.True(Button(page, "Remove connection").HasAttribute("disabled"));
        Assert.Contains("running", page.Find(".removal-choice .alert-warning").TextContent, StringComparison.Ordinal);
        Assert.NotEmpty(page.FindAll($".removal-choice .alert a[href='runs/{run.Id}']"));

        await Context.ChangeAsync(run.Id, run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        Button(page, "Check again").Click();

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("input[type=radio]").Count));
    }

    [Fact]
    public async Task A_run_started_meanwhile_prevents_the_removal_of_the_connection()
    {
        var run = await Context.AddRunAsync(run => (run.State, run.ActiveExportId) = (RunState.Successful, null));
        var page = Render(1);
        await Context.ChangeAsync(run.Id, run => (run.State, run.ActiveExportId) = (RunState.Sending, run.ExportId));

        RemoveWith(page, choice: 0);

        page.WaitForAssertion(() => Assert.NotEmpty(page.FindAll(".alert-danger")));
        Assert.NotEmpty(page.FindAll(".removal-choice .alert-warning"));
        await using var db = await Context.OpenAsync();
        Assert.True(await db.Set<Connection>().AnyAsync(Cancel));
    }

    private static void RemoveWith(IRenderedComponent<RemoveConnection> page, int choice)
    {
        page.FindAll("input[type=radio]")[choice].Change(true);
        page.WaitForAssertion(() => Assert.False(Button(page, "Remove connection").HasAttribute("disabled")));
        Button(page, "Remove connection").Click();
    }

    private IRenderedComponent<RemoveConnection> Render(int id)
    {
        var page = Context.Ui.Render<RemoveConnection>(parameters => parameters.Add(remove => remove.Id, id));
        page.WaitForElement("#waiting");
        return page;
    }
}
