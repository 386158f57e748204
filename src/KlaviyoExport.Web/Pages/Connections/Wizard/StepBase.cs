using KlaviyoExport.Connections;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Connections.Wizard;

/// <summary>Base class of the wizard steps.</summary>
public abstract class StepBase : ComponentBase
{
    [Inject]
    protected ConnectionDrafts Drafts { get; set; } = default!;

    [Parameter, EditorRequired]
    public required DraftView Draft { get; set; }

    [Parameter, EditorRequired]
    public required StepView Step { get; set; }

    /// <summary>Applies an action to the draft. The wizard then reloads the draft and shows an error in the card of the step.</summary>
    [Parameter]
    public EventCallback<StepAction> OnAction { get; set; }

    protected bool IsDone => Step.State == StepState.Done;

    protected bool IsWaiting => Step.State == StepState.Waiting;
}
