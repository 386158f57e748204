using System.Globalization;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>Shows all tasks with their actions. Tasks that need attention come first.</summary>
public sealed partial class StatusPage(
    StatusQueries status,
    RunService runs,
    ManualTasks byHand,
    TaskCancellation cancellation,
    NavigationManager location
)
{
    private const int PageSize = 50;
    private const int LastTimes = 10;

    private IReadOnlyList<TaskRow> _rows = [];
    private StatusFilter _filter = new(null, null, null);
    private Health? _health;
    private (RefreshTaskKind Kind, int Id)? _open;
    private IReadOnlyList<StatusPoint> _history = [];
    private StatusRow? _working;
    private string? _done;

    [SupplyParameterFromQuery]
    public string? Kind { get; set; }

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public string? Text { get; set; }

    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    [Inject]
    private StatusView View { get; set; } = default!;

    [Inject]
    private SystemHealth Health { get; set; } = default!;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    private List<TaskRow> Shown => [.. _rows.Where(_filter.Shows)];

    /// <summary>The page number, starting at 1.</summary>
    private int PageNumber => Math.Clamp(Page ?? 1, 1, Math.Max(1, (Shown.Count + PageSize - 1) / PageSize));

    private bool MayFix => Viewer is { } viewer && ManageConnections.Rule.Allows(viewer);

    protected override async Task LoadAsync()
    {
        _filter = StatusFilter.Of(Kind, Status, Text);
        await FollowAsync();
    }

    private Task RefreshAsync() => ReadAgainAsync(FollowAsync);

    private async Task FollowAsync()
    {
        var actor = await ActorAsync();
        _rows = await View.ReadAsync(actor, Leaving);
        _health = await Health.LookAsync(Leaving);
        if (_open is { } open)
            _history = await status.HistoryAsync(actor, open.Kind, open.Id, LastTimes, Leaving);
    }

    private static string? Now(bool isNow) => isNow ? "true" : null;

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);

    private void ChooseKind(ChangeEventArgs change) => Show(StatusFilter.Of(change.Value as string, _filter.Status, _filter.Text));

    private void ChooseStatus(ChangeEventArgs change) =>
        Show(_filter with { Status = StatusFilter.Of(null, change.Value as string, null).Status });

    // Filters at every key press. The address changes only when the input is complete, so that not every letter causes a navigation.
    private void Type(ChangeEventArgs change) => _filter = _filter with { Text = StatusFilter.Of(null, null, change.Value as string).Text };

    private void Keep(ChangeEventArgs change) => Show(_filter with { Text = StatusFilter.Of(null, null, change.Value as string).Text });

    private void Show(StatusFilter filter)
    {
        _filter = filter;
        location.NavigateTo(filter.ToAddress(), replace: true);
    }

    private async Task ToggleAsync(StatusRow task)
    {
        if (_open == (task.Kind, task.Id))
        {
            _open = null;
            return;
        }
        _history = await status.HistoryAsync(await ActorAsync(), task.Kind, task.Id, LastTimes, Leaving);
        _open = (task.Kind, task.Id);
    }

    private async Task CancelAsync(StatusRow task)
    {
        _done = null;
        if (!await Confirm.AskAsync(T["CancelTitle", task.Name], T[$"CancelText.{task.Kind}"], T["CancelJob"], T["CancelInstead"]))
            return;
        await cancellation.CancelAsync(await ActorAsync(), task.Kind, task.Id, Leaving);
        _done = T["CancelAsked", task.Name];
        await FollowAsync();
    }

    private async Task StartAsync(StatusRow task)
    {
        (_done, _working) = (null, task);
        try
        {
            var actor = await ActorAsync();
            if (task.Kind == RefreshTaskKind.Export)
                await runs.StartAsync(actor, task.Id, Leaving);
            else if (task.Kind == RefreshTaskKind.Source)
                await byHand.LoadAsync(actor, task.Id, Leaving);
            else
                await byHand.CountAsync(actor, task.Id, Leaving);
            _done = T[$"Started.{task.Kind}", task.Name];
        }
        finally
        {
            _working = null;
            await FollowAsync();
        }
    }
}
