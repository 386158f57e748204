using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Base of interactive pages and islands. What goes wrong while loading or in an event handler becomes <see cref="Problem"/>, which the
/// page shows in an alert; the page stays alive. An error boundary cannot do this: the page is the root of its circuit and has no parent to
/// catch for it.
/// </summary>
public abstract class InteractivePage : ComponentBase, IHandleEvent, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private string? _problemOfReading;

    protected InteractivePage() => Leaving = _leaving.Token;

    [Inject]
    private CurrentActor CurrentActor { get; set; } = default!;

    [Inject]
    private AuthenticationStateProvider States { get; set; } = default!;

    [Inject]
    private NavigationManager Location { get; set; } = default!;

    [Inject]
    private IStringLocalizer<Texts> Shared { get; set; } = default!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    [CascadingParameter]
    private HttpContext? Context { get; set; }

    /// <summary>Who looks at the page, as of the last load; to show and hide. Deeds ask <see cref="ActorAsync"/>.</summary>
    protected Actor? Viewer { get; private set; }

    /// <summary>What went wrong last, in the reader's language; null when nothing did.</summary>
    protected string? Problem { get; set; }

    /// <summary>Whether <see cref="LoadAsync"/> has succeeded.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>An event of the page is being handled; buttons that must not be pressed twice are off.</summary>
    protected bool Busy { get; private set; }

    /// <summary>Cancelled when the reader leaves the page.</summary>
    protected CancellationToken Leaving { get; }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg)
    {
        Problem = null;
        Busy = true;
        var work = TryAsync(() => item.InvokeAsync(arg));
        StateHasChanged();
        await work;
        Busy = false;
        StateHasChanged();
        await TryAsync(HandledAsync);
    }

    /// <summary>Called after each event of the page.</summary>
    protected virtual Task HandledAsync() => Task.CompletedTask;

    /// <summary>Reads what the page shows; called when it opens and at every change of its parameters.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>The actor to hand to a service.</summary>
    protected Task<Actor> ActorAsync() => CurrentActor.GetAsync(Leaving);

    protected override void OnInitialized() => States.AuthenticationStateChanged += OnSessionChanged;

    protected override Task OnParametersSetAsync() =>
        TryAsync(async () =>
        {
            Viewer = await ActorAsync();
            await LoadAsync();
            Loaded = true;
        });

    /// <summary>
    /// Reads what may have changed elsewhere, for <see cref="Follow"/>: a store that does not answer is Follow's to tell. What a person did
    /// and was told stays; what went wrong in an earlier reading is over.
    /// </summary>
    protected async Task ReadAnewAsync(Func<Task> read)
    {
        if (Problem == _problemOfReading)
            Problem = null;
        var told = Problem;
        await TryAsync(read, passOn: StoreFaults.IsTransient);
        if (Problem != told)
            _problemOfReading = Problem;
        if (!Leaving.IsCancellationRequested)
            StateHasChanged();
    }

    /// <summary>Does something whose failure becomes <see cref="Problem"/>; for work that no event of the page started.</summary>
    protected Task TryAsync(Func<Task> work) => TryAsync(work, passOn: _ => false);

    private async Task TryAsync(Func<Task> work, Func<Exception, bool> passOn)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
            when (Leaving.IsCancellationRequested && (exception is OperationCanceledException or ObjectDisposedException))
        {
            // Nobody is there to be told, and what belonged to the page is gone.
        }
        catch (JSDisconnectedException)
        {
            // The circuit was lost on the way; the page learns of it by itself.
        }
        catch (SessionEndedException)
        {
            SignInAgain();
        }
        catch (LocalizedException exception)
        {
            Problem = exception.LocalizedMessage.In(CultureInfo.CurrentUICulture);
            // While the page is still an answer to a request, a thing that is not there is a 404 (a page that has content keeps it).
            if (!Loaded && Context is not null)
                Context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
        catch (Exception exception) when (exception is not NavigationException && !passOn(exception))
        {
            Log.PageFailed(Loggers.CreateLogger(GetType()), exception);
            Problem = Shared["Unexpected"];
        }
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        States.AuthenticationStateChanged -= OnSessionChanged;
        _leaving.Cancel();
        _leaving.Dispose();
    }

    private void OnSessionChanged(Task<AuthenticationState> state) =>
        _ = InvokeAsync(async () =>
        {
            if ((await state).User.Identity?.IsAuthenticated != true)
                SignInAgain();
        });

    // Not by loading this page anew: for some seconds its cookie still opens it, and it would go round in circles.
    private void SignInAgain() =>
        Location.NavigateTo($"/sign-in?returnUrl={Uri.EscapeDataString("/" + Location.ToBaseRelativePath(Location.Uri))}", forceLoad: true);
}
