using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Keeps a page up to date. It calls back when one run changes, or when any run or the system changes, for as long as the page is open. The
/// change can come from any browser and any server. While the store is unavailable, it shows that the page is not up to date, and it
/// resumes when the store is available again. Pages whose content cannot change do not need it.
/// </summary>
public sealed partial class LiveUpdates(ChangeFeed feed, TimeProvider clock) : IDisposable
{
    /// <summary>When following several runs, all changes within this time cause one callback.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? _watching;
    private (int? RunId, FeedScope Scope) _watched;
    private bool _behind;

    /// <summary>The run to follow. Null to follow <see cref="Scope"/>.</summary>
    [Parameter]
    public int? RunId { get; set; }

    [Parameter]
    public FeedScope Scope { get; set; }

    /// <summary>
    /// Reads the page's content again. Must throw when the store is unavailable. This is not an EventCallback, because that would mark the
    /// page as busy and disable its buttons at every change.
    /// </summary>
    [Parameter, EditorRequired]
    public required Func<Task> Changed { get; set; }

    public void Dispose()
    {
        _watching?.Cancel();
        _watching?.Dispose();
        _watching = null;
    }

    // Does not start during prerendering: the watch would outlive the request.
    protected override void OnAfterRender(bool firstRender)
    {
        if (!RendererInfo.IsInteractive || (_watching is not null && _watched == (RunId, Scope)))
            return;
        Dispose();
        (_watching, _watched) = (new CancellationTokenSource(), (RunId, Scope));
        _ = WatchAsync(_watching.Token);
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (
                var news in RunId is { } one ? feed.WatchAsync(one, cancellationToken) : feed.WatchAsync(Scope, cancellationToken)
            )
            {
                if (RunId is null)
                    await Task.Delay(Gathering, clock, cancellationToken);
                if (news == FeedNews.Behind)
                    await InvokeAsync(() => Tell(behind: true));
                else
                    await ReadAsync(cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The page was closed, or the parameters have changed.
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (!await TryReadAsync())
            await Task.Delay(Again, clock, cancellationToken);
    }

    private async Task<bool> TryReadAsync()
    {
        try
        {
            await InvokeAsync(Changed);
            await InvokeAsync(() => Tell(behind: false));
            return true;
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            await InvokeAsync(() => Tell(behind: true));
            return false;
        }
    }

    private void Tell(bool behind)
    {
        if (_behind == behind)
            return;
        _behind = behind;
        StateHasChanged();
    }
}
