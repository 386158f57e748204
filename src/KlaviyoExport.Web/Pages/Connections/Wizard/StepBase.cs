using KlaviyoExport.Connections;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Connections.Wizard;

/// <summary>What every step of the wizard is given.</summary>
public abstract class StepBase : ComponentBase
{
    [Inject]
    protected ConnectionDrafts Drafts { get; set; } = default!;

    [Parameter, EditorRequired]
    public required DraftView Draft { get; set; }

    [Parameter, EditorRequired]
    public required StepView Step { get; set; }

    /// <summary>Does it, shows the draft as it is then, and what went wrong beside the step.</summary>
    [Parameter]
    public EventCallback<StepDeed> OnDeed { get; set; }

    protected bool IsDone => Step.State == StepState.Done;

    protected bool IsWaiting => Step.State == StepState.Waiting;
}
