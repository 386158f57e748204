using System.Globalization;
using KlaviyoExport.Alerts;
using KlaviyoExport.Data;
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
    private IReadOnlyList<BellNotice> _notices = [];
    private int _unread;

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
            _ = WatchAsync(_leaving.Token);
    }

    private static string Number(int count) => count.ToString(CultureInfo.CurrentCulture);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Pace, Clock);
            do await InvokeAsync(() => TryAsync(() => Task.CompletedTask, cancellationToken));
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The person has left.
        }
    }

    private Task ReadAsync(long? alertId) =>
        TryAsync(async () => await Notices.MarkReadAsync(await Current.GetAsync(_leaving.Token), alertId, _leaving.Token), _leaving.Token);

    /// <summary>Does something and reads the alerts. The bell keeps what it shows while that is not possible.</summary>
    private async Task TryAsync(Func<Task> action, CancellationToken cancellationToken)
    {
        try
        {
            await action();
            var actor = await Current.GetAsync(cancellationToken);
            _unread = await Notices.UnreadAsync(actor, cancellationToken);
            (_notices, _) = await Notices.ListAsync(actor, 0, Shown, cancellationToken);
            StateHasChanged();
        }
        catch (SessionEndedException)
        {
            // The page itself leads to the sign-in.
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // The next look reads them.
        }
    }
}
