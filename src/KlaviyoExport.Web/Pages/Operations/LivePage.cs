using KlaviyoExport.Web.Components;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Operations;

/// <summary>Base of pages that follow what the system does, wherever it was started, until the reader leaves.</summary>
public abstract class LivePage : FormPage
{
    private IDisposable? _watch;
    private bool _following;

    [Inject] private SystemPulse Pulse { get; set; } = default!;

    /// <summary>Reads again what may have changed.</summary>
    protected virtual Task FollowAsync() => LoadAsync();

    protected override void OnAfterRender(bool firstRender)
    {
        if (RendererInfo.IsInteractive)
            _watch ??= Pulse.Watch(() => _ = InvokeAsync(ChangedAsync));
    }

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        base.Dispose(disposing);
    }

    private async Task ChangedAsync()
    {
        // A slow look is not joined by a second: the change after it is told by the next beat.
        if (_following || !Loaded || Leaving.IsCancellationRequested)
            return;
        _following = true;
        await TryAsync(FollowAsync);
        _following = false;
        if (!Leaving.IsCancellationRequested)
            StateHasChanged();
    }
}
