using System.Globalization;
using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Components.Layout;

/// <summary>Shows the signed-in person's latest alerts, and reads them again every half minute.</summary>
public sealed partial class Bell : IDisposable
{
    /// <summary>How often the alerts are read.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(30);

    private const int Shown = 8;

    private readonly CancellationTokenSource _leaving = new();
    private readonly CancellationToken _left;
    private IReadOnlyList<BellNotice> _notices = [];
    private int _unread;

    public Bell() => _left = _leaving.Token;

    [Inject]
    private CurrentActor Current { get; set; } = default!;

    [Inject]
    private AlertBell Notices { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    private string Label => _unread == 0 ? T["Alerts"] : T["AlertsUnread", _unread];

    public void Dispose()
    {
        _leaving.Cancel();
        _leaving.Dispose();
    }

    // Does not read during prerendering: most pages are only looked at, and the circuit follows at once.
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && RendererInfo.IsInteractive)
            _ = WatchAsync();
    }

    private static string Number(int count) => count.ToString(CultureInfo.CurrentCulture);

    private async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(Pace, Clock);
            do await InvokeAsync(() => TryAsync(() => Task.CompletedTask));
            while (await timer.WaitForNextTickAsync(_left));
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The person has left.
        }
    }

    // Is not canceled when the person leaves, because opening an alert both marks it as read and leaves the page.
    private Task ReadAsync(long? alertId) =>
        TryAsync(async () => await Notices.MarkReadAsync(await Current.GetAsync(), alertId, CancellationToken.None));

    /// <summary>Does something and reads the alerts. The bell keeps what it shows while that is not possible.</summary>
    private async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            var actor = await Current.GetAsync(_left);
            _unread = await Notices.UnreadAsync(actor, _left);
            (_notices, _) = await Notices.ListAsync(actor, 0, Shown, _left);
            StateHasChanged();
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // The person has left.
        }
        catch (Exception refusal) when (refusal is SessionEndedException or NotAllowedException)
        {
            // The page itself leads to the sign-in, or says what the person may not do.
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // The next look reads them.
        }
    }
}
