using KlaviyoExport.Data;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>Shows and changes the schedule of the system refresh, and shows the last refresh.</summary>
public sealed partial class SchedulePage(RefreshService refreshes)
{
    /// <summary>The number of upcoming occurrences that are shown.</summary>
    private const int Shown = 5;

    private RefreshForm? _form;
    private LastRefresh? _last;
    private bool _conflict;
    private bool _started;
    private string? _done;

    [Inject]
    private RefreshReport Report { get; set; } = default!;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    /// <summary>What became of the refresh that the reader started on this page. Null when there is none.</summary>
    private string? StartedText =>
        !_started ? null
        : _last is { IsOpen: false } ? T["RefreshEnded"].Value
        : T["RefreshStarted"].Value;

    private LocalizedMessage? Fault => _form is { IsOn: true } form ? form.Fault : null;

    protected override FormState Form =>
        new FormState<RefreshForm.FormState>(() => _form!.Read(), filled => _form = RefreshForm.Of(filled));

    protected override async Task LoadAsync()
    {
        _form = new RefreshForm(await refreshes.GetPlanAsync(await ActorAsync(), Leaving));
        await FollowAsync();
    }

    private Task RefreshAsync() => ReadAgainAsync(FollowAsync);

    // Updates only the last refresh, so that unsaved changes in the form are kept.
    private async Task FollowAsync() => _last = await Report.ReadAsync(await ActorAsync(), Leaving);

    private async Task SaveAsync()
    {
        // The Enter key submits a form even if its button is disabled.
        if (_form is not { IsDirty: true } form || Fault is not null)
            return;
        (_done, _conflict) = (null, false);
        try
        {
            _form = new RefreshForm(await refreshes.SavePlanAsync(await ActorAsync(), form.ToPlan(), Leaving));
        }
        catch (ChangedMeanwhileException)
        {
            // Keeps the unsaved changes on the page until the reader decides what to do with them.
            _conflict = true;
            throw;
        }
        await SavedAsync();
        _done = T[_form.IsOn ? "SavedOn" : "SavedOff"];
    }

    private async Task ReloadAsync()
    {
        (_done, _conflict) = (null, false);
        await LoadAsync();
        await SavedAsync();
    }

    private async Task StartAsync()
    {
        (_done, _started) = (null, false);
        await refreshes.StartAsync(await CountedActorAsync(), Leaving);
        await FollowAsync();
        _started = true;
    }

    private async Task CancelAsync()
    {
        _done = null;
        if (!await Confirm.AskAsync(T["CancelRefreshTitle"], T["CancelRefreshText"], T["CancelRefresh"], T["CancelInstead"]))
            return;
        await refreshes.CancelAsync(await ActorAsync(), Leaving);
        await FollowAsync();
    }
}
