using KlaviyoExport.Connections;
using KlaviyoExport.Web.Components.Ui;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Connections.Wizard;

public sealed partial class SetUpConnection(
    ConnectionDrafts drafts,
    ConnectionService connections,
    KlaviyoSignIns signIns,
    NavigationManager location
)
{
    private readonly Dictionary<WizardStep, ShownText> _problems = [];

    /// <summary>
    /// Serializes changes of the draft. A click on a button also ends the input of a field, so that two events arrive at the same time.
    /// </summary>
    private readonly SemaphoreSlim _turn = new(1);

    private IReadOnlyList<Contributor> _contributors = [];
    private DraftView? _draft;
    private WizardStep? _next;
    private bool _goesOn;
    private bool _gone;

    [Parameter]
    public int DraftId { get; set; }

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    private static StepView TypeView => new(1, "step-type", StepState.Done, false, false, null);

    private List<(string Title, StepView Step)> Outline =>
        [
            (T["Wizard.Type"], TypeView),
            .. Enum.GetValues<WizardStep>().Select(step => (T[Steps.TextOf(step)].Value, View(step))),
            (Shared["Save"], SaveView),
        ];

    private StepView SaveView =>
        new(
            Steps.SaveNumber,
            "step-save",
            _next is null ? StepState.Open : StepState.Waiting,
            _next is null,
            _goesOn && _next is null,
            Problem
        );

    protected override async Task LoadAsync()
    {
        var actor = await ActorAsync();
        _contributors = await connections.ContributorsAsync(actor, Leaving);
        await ReadAsync();
    }

    // The focus has been set during this render.
    protected override void OnAfterRender(bool firstRender) => _goesOn = false;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _turn.Dispose();
    }

    private StepView View(WizardStep step) =>
        new(
            Steps.NumberOf(step),
            Steps.AnchorOf(step),
            Steps.StateOf(_draft!, step),
            _next == step,
            _goesOn && _next == step,
            _problems.GetValueOrDefault(step)
        );

    private async Task DoAsync(StepAction action)
    {
        await _turn.WaitAsync(Leaving);
        try
        {
            _problems.Remove(action.Step);
            await action.DoAsync(await CountedActorAsync(), Leaving);
        }
        catch (LocalizedException exception)
        {
            // Show the error in the card of the step instead of at the top of the page.
            _problems[action.Step] = ShownText.Of(exception.LocalizedMessage);
        }
        finally
        {
            _turn.Release();
        }
        await ReadAsync();
        _goesOn = action.GoesOn && !_problems.ContainsKey(action.Step);
    }

    private async Task ReadAsync()
    {
        _gone = true;
        _draft = await drafts.GetAsync(await ActorAsync(), DraftId, Leaving);
        _gone = false;
        _next = _draft.Missing.Count > 0 ? _draft.Missing[0] : null;
    }

    private Task SignInAsync() =>
        DoAsync(
            new(
                WizardStep.Authenticate,
                async (actor, cancellationToken) =>
                    location.NavigateTo(
                        (
                            await signIns.BeginForDraftAsync(actor, DraftId, KlaviyoCallback.Of(location.BaseUri), cancellationToken)
                        ).AbsoluteUri,
                        forceLoad: true
                    )
            )
        );

    private async Task SaveAsync()
    {
        try
        {
            await drafts.SaveAsync(await ActorAsync(), DraftId, Leaving);
        }
        catch (LocalizedException)
        {
            await ReadAsync();
            throw;
        }
        location.NavigateTo("connections?done=saved");
    }

    private async Task DiscardAsync()
    {
        if (!await Confirm.AskAsync(T["DiscardTitle"], T["DiscardText"], T["Discard"], T["DiscardNot"]))
            return;
        await drafts.DiscardAsync(await ActorAsync(), DraftId, Leaving);
        location.NavigateTo("connections");
    }
}
