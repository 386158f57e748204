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
    private string? _begun;
    private string? _carried;
    private string? _kept;
    private bool _looked;

    [Inject]
    private UnsavedForms Unsaved { get; set; } = default!;

    /// <summary>
    /// The unsaved changes that a paused or evicted circuit passes to the circuit that resumes the page. Only for the framework.
    /// </summary>
    [PersistentState(RestoreBehavior = RestoreBehavior.SkipInitialValue)]
    public string? Carried
    {
        get => Changed;
        set => _carried = value;
    }

    /// <summary>Whether the form shows unsaved changes from before the circuit was lost.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>The content of the form. Null for a page without such a form.</summary>
    protected virtual FormState? Form => null;

    /// <summary>Whether the form has unsaved changes.</summary>
    protected bool IsChanged => Changed is not null;

    private string? Changed => _begun is not null && Form?.Read() is { } now && now != _begun ? now : null;

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
    protected void Begin() => (_begun, IsRestored) = (Form?.Read(), false);

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        if (!Loaded || _begun is not null || Form is null)
            return;
        Begin();
        Restore(_carried);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_looked || !RendererInfo.IsInteractive || _begun is null || Viewer is not { } viewer)
            return;
        _looked = true;
        await TryAsync(async () =>
        {
            if (!IsRestored)
                Restore(await Unsaved.FindAsync(viewer.Id, GetType().FullName!, Leaving));
            if (IsRestored)
                StateHasChanged();
            await Unsaved.RetypeAsync(Leaving);
        });
    }

    protected override async Task HandledAsync()
    {
        if (Changed == _kept || Viewer is not { } viewer)
            return;
        _kept = Changed;
        if (_kept is null)
            await Unsaved.ForgetAsync(Leaving);
        else
            await Unsaved.KeepAsync(viewer.Id, GetType().FullName!, _kept, Leaving);
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
