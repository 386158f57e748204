using System.Security.Claims;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Ui;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Localization;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Base class of interactive pages and components. An exception while loading or in an event handler becomes <see cref="Problem"/>, which
/// the page shows in an alert, and the page remains usable. An error boundary cannot do this: the page is the root component of its circuit
/// and has no parent that could catch the exception.
/// </summary>
public abstract class InteractivePage : ComponentBase, IHandleEvent, IDisposable
{
    /// <summary>How long an action takes before the page shows that it is in progress. As long as site.js waits for a page.</summary>
    private static readonly TimeSpan NoticedAfter = TimeSpan.FromMilliseconds(300);

    private readonly CancellationTokenSource _leaving = new();
    private ShownText? _problemOfReading;
    private int _handling;
    private Stage _stage;

    protected InteractivePage() => Leaving = _leaving.Token;

    [Inject]
    private CurrentActor CurrentActor { get; set; } = default!;

    [Inject]
    private ExpensiveActions Expensive { get; set; } = default!;

    [Inject]
    private AuthenticationStateProvider States { get; set; } = default!;

    [Inject]
    private NavigationManager Location { get; set; } = default!;

    [Inject]
    private IJSRuntime Script { get; set; } = default!;

    [Inject]
    private IStringLocalizer<Texts> Shared { get; set; } = default!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    [CascadingParameter]
    private HttpContext? Context { get; set; }

    /// <summary>
    /// The signed-in person as of the last load. Use it only to show and hide parts of the page. Before an action, call
    /// <see cref="ActorAsync"/>.
    /// </summary>
    protected Actor? Viewer { get; private set; }

    /// <summary>The message of the last error, in the reader's language. Null when there was none.</summary>
    protected ShownText? Problem { get; set; }

    /// <summary>Whether <see cref="LoadAsync"/> has succeeded.</summary>
    protected bool Loaded { get; private set; }

    /// <summary>Whether an event is being handled that takes time. Disable buttons that must not be pressed twice.</summary>
    protected bool Busy => _handling > 0;

    /// <summary>Whether the component is the root of its circuit, as pages are, and not a part of a page.</summary>
    protected virtual bool IsRoot => IsPage;

    private bool IsPage => GetType().IsDefined(typeof(RouteAttribute), inherit: false);

    /// <summary>A token that is canceled when the reader leaves the page.</summary>
    protected CancellationToken Leaving { get; }

    /// <summary>
    /// Reads the content before the first rendering in a circuit, which replaces what was prerendered. Rendered earlier, the content would
    /// disappear and come back.
    /// </summary>
    public override async Task SetParametersAsync(ParameterView parameters)
    {
        if (IsRoot && _stage == Stage.New && RendererInfo.IsInteractive)
        {
            _stage = Stage.Reading;
            parameters.SetParameterProperties(this);
            // The view is no longer valid after the wait.
            parameters = ParameterView.Empty;
            await OnParametersSetAsync();
            if (Leaving.IsCancellationRequested)
                return;
            _stage = Stage.Read;
        }
        await base.SetParametersAsync(parameters);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    async Task IHandleEvent.HandleEventAsync(EventCallbackWorkItem item, object? arg)
    {
        Problem = null;
        var work = TryAsync(() => item.InvokeAsync(arg));
        // A button that is disabled for a moment only, between the press and the release of the mouse, would lose the click.
        if (!work.IsCompleted)
        {
            _handling++;
            StateHasChanged();
            await ShowBusyAsync(work);
            _handling--;
        }
        StateHasChanged();
        await TryAsync(HandledAsync);
    }

    /// <summary>Called after each event of the page has been handled.</summary>
    protected virtual Task HandledAsync() => Task.CompletedTask;

    /// <summary>Reads the content of the page. Called when the page opens and when its parameters change.</summary>
    protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>Returns the signed-in person with their present rights, for a call to a service.</summary>
    protected Task<Actor> ActorAsync() => CurrentActor.GetAsync(Leaving);

    /// <summary>
    /// Returns the signed-in person as <see cref="ActorAsync"/> does, for a call that reads a source or sends requests to another server.
    /// </summary>
    /// <exception cref="LocalizedException">The person has made too many such calls, and must wait.</exception>
    protected async Task<Actor> CountedActorAsync()
    {
        var actor = await ActorAsync();
        Expensive.Count(actor);
        return actor;
    }

    /// <summary>
    /// Renders the component again. Does nothing while its content is read for the first time: a page that is not complete would replace what
    /// was prerendered.
    /// </summary>
    protected new void StateHasChanged()
    {
        if (_stage != Stage.Reading)
            base.StateHasChanged();
    }

    /// <summary>
    /// Goes to another page. <see cref="NavigationManager"/> gives its query to this page first, which then loads once more. Use this where
    /// that would show an error for a moment, for example after the item of the page was removed.
    /// </summary>
    protected void LeaveFor(string address)
    {
        _stage = Stage.Left;
        Location.NavigateTo(address);
    }

    protected override void OnInitialized() => States.AuthenticationStateChanged += OnSessionChanged;

    protected override Task OnParametersSetAsync()
    {
        if (_stage == Stage.Left)
            return Task.CompletedTask;
        if (_stage == Stage.Read)
        {
            _stage = Stage.Open;
            return Task.CompletedTask;
        }
        return TryAsync(async () =>
        {
            Viewer = await ActorAsync();
            await LoadAsync();
            Loaded = true;
        });
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender && RendererInfo.IsInteractive && IsPage)
            await TryAsync(() => Script.InvokeVoidAsync("circuit.isAt", Leaving, Location.Uri).AsTask());
    }

    /// <summary>
    /// Reads content that may have changed elsewhere, for <see cref="LiveUpdates"/>. Exceptions of an unavailable store are passed on,
    /// because LiveUpdates handles them. Clears the error of an earlier reading, but keeps the error of a person's own action.
    /// </summary>
    protected async Task ReadAgainAsync(Func<Task> read)
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

    /// <summary>Runs work that was not started by an event of the page. A failure becomes <see cref="Problem"/>.</summary>
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
            // The reader has left the page. The failure is caused by its disposal and cannot be shown.
        }
        catch (JSDisconnectedException)
        {
            // The circuit was lost during the call. The browser shows this itself.
        }
        catch (SessionEndedException)
        {
            await SignInAgainAsync();
        }
        catch (LocalizedException exception)
        {
            if (exception is NotAllowedException)
            {
                var person = (await States.GetAuthenticationStateAsync()).User;
                Log.NotAllowed(Loggers.CreateLogger(GetType()), person.FindFirstValue(ClaimTypes.NameIdentifier));
            }
            Problem = ShownText.Of(exception.LocalizedMessage);
            // During prerendering, respond with 404 when the page cannot be loaded, for example because the item does not exist.
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

    /// <summary>Waits for an action. The page shows that it is in progress when it takes long enough to be noticed.</summary>
    private async Task ShowBusyAsync(Task work)
    {
        await Task.WhenAny(work, Task.Delay(NoticedAfter, Clock, Leaving));
        if (!work.IsCompleted)
        {
            await TryAsync(() => Script.InvokeVoidAsync("busy.begin", Leaving).AsTask());
            await work;
            // Another action of the page may take longer.
            if (_handling == 1)
                await TryAsync(() => Script.InvokeVoidAsync("busy.end", Leaving).AsTask());
        }
    }

    private void OnSessionChanged(Task<AuthenticationState> state) =>
        _ = InvokeAsync(async () =>
        {
            if ((await state).User.Identity?.IsAuthenticated != true)
                await SignInAgainAsync();
        });

    // Do not reload this page instead: its cookie is still accepted for some seconds, so the page would reload again and again.
    private async Task SignInAgainAsync()
    {
        var address = $"sign-in?returnUrl={Uri.EscapeDataString(new Uri(Location.Uri).PathAndQuery)}";
        if (Context is not null)
        {
            Location.NavigateTo(address);
            return;
        }
        try
        {
            // The page decides when: it may be on its way to another page because of the sign-out that ended the session.
            await Script.InvokeVoidAsync("session.ended", Leaving, address);
        }
        catch (Exception exception) when (exception is JSDisconnectedException or OperationCanceledException)
        {
            // The page is gone.
        }
    }

    /// <summary>How far a page is on its way through a circuit. Parts of a page stay new.</summary>
    private enum Stage
    {
        New,

        /// <summary>Its content is being read for the first time.</summary>
        Reading,

        /// <summary>Its content was read, and it is about to be rendered.</summary>
        Read,
        Open,
        Left,
    }
}
