using System.Data.Common;
using System.Threading.Channels;
using KlaviyoExport.Delivery;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Runs;

/// <summary>
/// Shows nothing; calls back when a run changes, or, without one, when any does, for as long as it stands on a page that is open in a browser. It makes
/// no difference which browser, or which machine, moves the run. A page that shows nothing that can change leaves it out and costs nothing.
/// </summary>
public sealed class Follow(RunChangesFeed feed, TimeProvider clock) : ComponentBase, IDisposable
{
    /// <summary>Of many runs, what changes within this is told once.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private CancellationTokenSource? _watching;
    private int? _watched;

    /// <summary>Null: all runs.</summary>
    [Parameter] public int? RunId { get; set; }

    /// <summary>Reads anew; a callback would make the page busy, its buttons off, at every change.</summary>
    [Parameter, EditorRequired] public required Func<Task> Changed { get; set; }

    public void Dispose()
    {
        _watching?.Cancel();
        _watching?.Dispose();
        _watching = null;
    }

    // Not while the page is still an answer to a request, which this would outlive.
    protected override void OnAfterRender(bool firstRender)
    {
        if (!RendererInfo.IsInteractive || (_watching is not null && _watched == RunId))
            return;
        Dispose();
        (_watching, _watched) = (new CancellationTokenSource(), RunId);
        _ = WatchAsync(RunId, _watching.Token);
    }

    private async Task WatchAsync(int? runId, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await (runId is { } one ? WatchOneAsync(one, cancel) : WatchAllAsync(cancel));
                return;
            }
            catch (DbException)
            {
                // The store is busy: what changed meanwhile is read at the next look.
                await Task.Delay(Again, clock, cancel);
            }
        }
    }

    private async Task WatchOneAsync(int runId, CancellationToken cancel)
    {
        await foreach (var _ in feed.WatchAsync(runId, cancel))
            await InvokeAsync(Changed);
    }

    private async Task WatchAllAsync(CancellationToken cancel)
    {
        // Full from the start: what changed between the page's reading and the first look is read once more.
        var changed = Channel.CreateBounded<int>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        changed.Writer.TryWrite(0);
        _ = GatherAsync(changed.Writer, cancel);
        await foreach (var _ in changed.Reader.ReadAllAsync(cancel))
        {
            await Task.Delay(Gathering, clock, cancel);
            changed.Reader.TryRead(out var _);
            await InvokeAsync(Changed);
        }
    }

    private async Task GatherAsync(ChannelWriter<int> changed, CancellationToken cancel)
    {
        try
        {
            await foreach (var runId in feed.WatchAllAsync(cancel))
                changed.TryWrite(runId);
        }
        catch (DbException fault)
        {
            changed.TryComplete(fault);
        }
    }
}
