using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>Shows a run, follows it while it is in progress, and compares it with the previous run when it has ended.</summary>
public sealed partial class RunPage(RunService runs, RunQueries queries, NavigationManager location)
{
    private RunView? _view;
    private RunChanges? _changes;
    private (int RunId, DateTimeOffset? StartedAt, long Members, DateTimeOffset? FinishedAt) _changesOf;

    [Parameter]
    public int Id { get; set; }

    private string Address => location.ToAbsoluteUri($"runs/{Id}").AbsoluteUri;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    protected override async Task LoadAsync()
    {
        var actor = await ActorAsync();
        var view = await queries.GetAsync(actor, Id, Leaving);
        // They change when the run starts, has read its members and ends. "Run again" changes the id of the same page to the new run.
        var changesOf = (Id, view.Run.StartedAt, view.Run.Ledger.Members, view.Run.FinishedAt);
        if (_changesOf != changesOf)
            (_changes, _changesOf) = (await queries.ChangesAsync(actor, Id, Leaving), changesOf);
        _view = view;
    }

    private Task RefreshAsync() => ReadAgainAsync(LoadAsync);

    private async Task CancelAsync()
    {
        if (!await Confirm.AskAsync(T["CancelTitle"], T["CancelText"], T["CancelAction"], T["CancelInstead"]))
            return;
        await runs.CancelAsync(await ActorAsync(), Id, Leaving);
        await LoadAsync();
    }

    private async Task ApproveAsync(ApprovalView approval)
    {
        if (await Confirm.AskAsync(T["ApproveTitle"], ApprovalNote.Ask(T, approval), T["ApproveAction"]))
            await DecideAsync(runs.ApproveAsync);
    }

    private async Task RejectAsync()
    {
        if (await Confirm.AskAsync(T["RejectTitle"], T["RejectText"], T["RejectAction"]))
            await DecideAsync(runs.RejectAsync);
    }

    /// <summary>
    /// Sends a decision and reloads the run. Reloads also when the decision came too late, so that the error appears with the present
    /// state.
    /// </summary>
    private async Task DecideAsync(Func<Actor, int, CancellationToken, Task> action)
    {
        try
        {
            await action(await ActorAsync(), Id, Leaving);
        }
        finally
        {
            await LoadAsync();
        }
    }

    private async Task SendEverythingAsync()
    {
        if (await Confirm.AskAsync(T["SendEverythingTitle"], T["SendEverythingText"], T["SendEverything"]))
            location.NavigateTo($"runs/{await runs.SendEverythingAsync(await ActorAsync(), _view!.Run.ExportId, Leaving)}");
    }

    private async Task UndoAsync()
    {
        var preview = await runs.PreviewUndoAsync(await CountedActorAsync(), Id, Leaving);
        if (preview.Refusal is { } refusal)
            throw new LocalizedException(refusal);
        string[] text =
        [
            .. preview.Added == 0 ? [] : new[] { T["UndoAdds", preview.Added] },
            .. preview.Removed == 0 ? [] : new[] { T["UndoPutsBack", preview.Removed] },
            T["UndoText"],
        ];
        if (await Confirm.AskAsync(T["UndoTitle"], string.Join(" ", text), T["UndoAction"]))
            location.NavigateTo($"runs/{await runs.UndoAsync(await ActorAsync(), Id, Leaving)}");
    }

    private async Task RunAgainAsync() =>
        location.NavigateTo($"runs/{await runs.StartAsync(await ActorAsync(), _view!.Run.ExportId, Leaving)}");
}
