using KlaviyoExport.Delivery;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>A run, followed while it lasts, and what was different when it is over.</summary>
public sealed partial class RunPage(RunService runs, NavigationManager location)
{
    private RunView? _view;
    private RunChanges? _changes;
    private string? _problemOfFollowing;

    [Parameter] public int Id { get; set; }

    [Inject] private Confirm Confirm { get; set; } = default!;

    protected override async Task LoadAsync()
    {
        var actor = await ActorAsync();
        var view = await runs.GetAsync(actor, Id, Leaving);
        // Also after "Run again" led from a finished run to a new one: the page is the same, its number is not.
        _changes = view.Run.State.IsFinal() ? await runs.ChangesAsync(actor, Id, Leaving) : null;
        _view = view;
    }

    private async Task RefreshAsync()
    {
        // What a person did and was told stays; what went wrong in following is over once it goes on.
        if (Problem == _problemOfFollowing)
            Problem = null;
        var told = Problem;
        await TryAsync(LoadAsync);
        if (Problem != told)
            _problemOfFollowing = Problem;
        StateHasChanged();
    }

    private async Task CancelAsync()
    {
        if (!await Confirm.AskAsync(T["CancelTitle"], T["CancelText"], T["CancelDeed"], T["CancelInstead"]))
            return;
        await runs.CancelAsync(await ActorAsync(), Id, Leaving);
        await LoadAsync();
    }

    private async Task ApproveAsync(ApprovalView approval)
    {
        if (await Confirm.AskAsync(T["ApproveTitle"], ApprovalNote.Ask(T, approval), T["ApproveDeed"]))
            await DecideAsync(runs.ApproveAsync);
    }

    private async Task RejectAsync()
    {
        if (await Confirm.AskAsync(T["RejectTitle"], T["RejectText"], T["RejectDeed"]))
            await DecideAsync(runs.RejectAsync);
    }

    /// <summary>Who decided too late sees what became of the run, beside the words that say so.</summary>
    private async Task DecideAsync(Func<Actor, int, CancellationToken, Task> deed)
    {
        try
        {
            await deed(await ActorAsync(), Id, Leaving);
        }
        finally
        {
            await LoadAsync();
        }
    }

    private async Task RunAgainAsync() =>
        location.NavigateTo($"/runs/{await runs.StartAsync(await ActorAsync(), _view!.Run.ExportId, Leaving)}");
}
