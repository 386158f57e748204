using KlaviyoExport.Connections;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Pages.Connections.Wizard;

public enum StepState
{
    Open,
    Done,

    /// <summary>An earlier step comes first.</summary>
    Waiting,
}

/// <summary>A step as its card shows it.</summary>
/// <param name="Anchor">Its place on the page.</param>
/// <param name="IsCurrent">Whether it is the one to do next.</param>
/// <param name="TakesFocus">Whether the keyboard goes there now.</param>
/// <param name="Problem">What went wrong in it last, in the reader's language.</param>
public sealed record StepView(int Number, string Anchor, StepState State, bool IsCurrent, bool TakesFocus, string? Problem);

/// <summary>What a person did in a step, for the wizard to do on the draft.</summary>
/// <param name="GoesOn">Whether the person is done with the step, so that the keyboard moves to the next.</param>
public sealed record StepDeed(WizardStep Step, Func<Actor, CancellationToken, Task> DoAsync, bool GoesOn = false);
