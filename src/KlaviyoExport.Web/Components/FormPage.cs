using System.Text.Json;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Base of pages with a form that is saved by a button. What is filled in and not saved comes back after the circuit was lost: with a
/// circuit that is resumed (<see cref="Carried"/>), and from the reader's tab when the page is loaded anew, as after a restart of the
/// server.
/// </summary>
public abstract class FormPage : InteractivePage
{
    private string? _begun;
    private string? _carried;
    private string? _kept;
    private bool _looked;

    [Inject]
    private UnsavedForms Unsaved { get; set; } = default!;

    /// <summary>For the framework: what a circuit that is paused or evicted hands to the one that resumes the page.</summary>
    [PersistentState(RestoreBehavior = RestoreBehavior.SkipInitialValue)]
    public string? Carried
    {
        get => Changed;
        set => _carried = value;
    }

    /// <summary>Whether what is shown was filled in before the circuit was lost.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>Null for a page without such a form.</summary>
    protected virtual FilledIn? Form => null;

    /// <summary>Whether anything is filled in that is not saved.</summary>
    protected bool IsChanged => Changed is not null;

    private string? Changed => _begun is not null && Form?.Read() is { } now && now != _begun ? now : null;

    /// <summary>Gives up what was filled in and shows what is saved.</summary>
    public Task DiscardAsync() =>
        TryAsync(async () =>
        {
            if (_begun is not null)
                Form!.Write(_begun);
            await SavedAsync();
            StateHasChanged();
        });

    /// <summary>What is filled in now is saved; a page that leads elsewhere says so before it does.</summary>
    protected async Task SavedAsync()
    {
        Begin();
        _kept = null;
        await Unsaved.ForgetAsync(Leaving);
    }

    /// <summary>What is shown now is where the reader begins.</summary>
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
            // Another version of the product kept it.
        }
    }
}
