using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Keeps a page up to date: calls back when a run changes, or any run, or anything of the system, for as long as it stands on a page that
/// is open in a browser. It makes no difference which browser, or which machine, made the change. While the store does not answer it says
/// that the page is not up to date, and goes on by itself. A page that shows nothing that can change leaves it out and costs nothing.
/// </summary>
public sealed partial class Follow(ChangeFeed feed, TimeProvider clock) : IDisposable
{
    /// <summary>Of many runs, what changes within this is told once.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? _watching;
    private (int? RunId, FeedScope Scope) _watched;
    private bool _behind;

    /// <summary>Null: whatever <see cref="Scope"/> says.</summary>
    [Parameter]
    public int? RunId { get; set; }

    [Parameter]
    public FeedScope Scope { get; set; }

    /// <summary>
    /// Reads anew, and throws when the store does not answer. A callback would make the page busy, its buttons off, at every change.
    /// </summary>
    [Parameter, EditorRequired]
    public required Func<Task> Changed { get; set; }

    public void Dispose()
    {
        _watching?.Cancel();
        _watching?.Dispose();
        _watching = null;
    }

    // Not while the page is still an answer to a request, which this would outlive.
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
            // The reader left.
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
