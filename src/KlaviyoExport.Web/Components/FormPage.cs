using System.Text.Json;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Base class of pages with a form that is saved by a button. Unsaved changes are restored when the circuit was lost. A resumed circuit
/// carries them over (<see cref="Carried"/>). When the page is reloaded, for example after a restart of the server, they come from the
/// browser tab.
/// </summary>
public abstract class FormPage : InteractivePage
{
    private const int MostChanges = 50;
    private static readonly TimeSpan OneChange = TimeSpan.FromSeconds(1);

    private string? _begun;
    private string? _carried;
    private string? _kept;
    private readonly List<string> _past = [];
    private string? _latest;
    private DateTimeOffset _changedAt;
    private bool _isRetyped;

    [Inject]
    private UnsavedForms Unsaved { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    /// <summary>
    /// The unsaved changes that a paused or evicted circuit passes to the circuit that resumes the page. Only for the framework.
    /// </summary>
    [PersistentState(RestoreBehavior = RestoreBehavior.SkipInitialValue)]
    public string? Carried
    {
        get => Changed;
        set => _carried = value;
    }

    /// <summary>Whether <see cref="UndoAsync"/> has a change to take back.</summary>
    public bool CanUndo => _past.Count > 0;

    /// <summary>Whether the form shows unsaved changes from before the circuit was lost.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>The content of the form. Null for a page without such a form.</summary>
    protected virtual FormState? Form => null;

    /// <summary>Whether the form has unsaved changes.</summary>
    protected bool IsChanged => Changed is not null;

    private string? Changed => _begun is not null && Form?.Read() is { } now && now != _begun ? now : null;

    /// <summary>Takes back the last change of the form. Changes in quick succession, such as the letters of a word, count as one.</summary>
    public Task UndoAsync() =>
        TryAsync(() =>
        {
            if (!CanUndo)
                return Task.CompletedTask;
            _latest = _past[^1];
            _past.RemoveAt(_past.Count - 1);
            Form!.Write(_latest);
            _changedAt = default;
            StateHasChanged();
            return HandledAsync();
        });

    /// <summary>Discards the unsaved changes and shows the saved content.</summary>
    public Task DiscardAsync() =>
        TryAsync(async () =>
        {
            if (_begun is not null)
                Form!.Write(_begun);
            await SavedAsync();
            StateHasChanged();
        });

    /// <summary>Marks the present content as saved. Call this before navigating to another page.</summary>
    protected async Task SavedAsync()
    {
        Begin();
        _kept = null;
        await Unsaved.ForgetAsync(Leaving);
    }

    /// <summary>Marks the present content as the one that later changes are compared with.</summary>
    protected void Begin()
    {
        (_begun, IsRestored) = (Form?.Read(), false);
        _latest = _begun;
        _past.Clear();
    }

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        if (!Loaded || _begun is not null || Form is null)
            return;
        Begin();
        // Before the form can be filled in: restored later, it would lose what the person has filled in meanwhile.
        if (_carried is null && RendererInfo.IsInteractive && Viewer is { } viewer)
            await TryAsync(async () => _carried = await Unsaved.FindAsync(viewer.Id, GetType().FullName!, Leaving));
        Restore(_carried);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (_isRetyped || !RendererInfo.IsInteractive || _begun is null)
            return;
        _isRetyped = true;
        await TryAsync(() => Unsaved.RetypeAsync(Leaving));
    }

    protected override async Task HandledAsync()
    {
        Remember();
        if (Changed == _kept || Viewer is not { } viewer)
            return;
        _kept = Changed;
        if (_kept is null)
            await Unsaved.ForgetAsync(Leaving);
        else
            await Unsaved.KeepAsync(viewer.Id, GetType().FullName!, _kept, Leaving);
    }

    /// <summary>Keeps the content from before a change, so that it can be taken back.</summary>
    private void Remember()
    {
        if (_begun is null || Form?.Read() is not { } now || now == _latest)
            return;
        if (_latest is not null && Clock.GetUtcNow() - _changedAt > OneChange)
            _past.Add(_latest);
        if (_past.Count > MostChanges)
            _past.RemoveAt(0);
        (_latest, _changedAt) = (now, Clock.GetUtcNow());
    }

    private void Restore(string? filledIn)
    {
        if (filledIn is null || filledIn == _begun)
            return;
        try
        {
            Form!.Write(filledIn);
            (IsRestored, _kept) = (true, filledIn);
        }
        catch (JsonException)
        {
            // Another version of the application wrote the changes. They cannot be restored.
        }
    }
}
