using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Pages.Connections.Wizard;

/// <summary>The state of a wizard step.</summary>
public enum StepState
{
    /// <summary>The step can be done.</summary>
    Open,

    /// <summary>The step is complete.</summary>
    Done,

    /// <summary>Another step must be done first.</summary>
    Waiting,
}

/// <summary>A wizard step as its card shows it.</summary>
/// <param name="Number">The number of the step.</param>
/// <param name="Anchor">The id of the card on the page.</param>
/// <param name="State">The state of the step.</param>
/// <param name="IsCurrent">Whether this is the next step to do.</param>
/// <param name="TakesFocus">Whether the card takes the keyboard focus now.</param>
/// <param name="Problem">The message of the last error in this step, in the reader's language. Null when there is none.</param>
public sealed record StepView(int Number, string Anchor, StepState State, bool IsCurrent, bool TakesFocus, ShownText? Problem);

/// <summary>An action of a person in a step, which the wizard applies to the draft.</summary>
/// <param name="Step">The step.</param>
/// <param name="DoAsync">The action.</param>
/// <param name="GoesOn">Whether the keyboard focus moves to the next step if the action succeeds.</param>
public sealed record StepAction(WizardStep Step, Func<Actor, CancellationToken, Task> DoAsync, bool GoesOn = false);
