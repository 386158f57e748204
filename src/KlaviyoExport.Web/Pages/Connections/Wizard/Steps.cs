using KlaviyoExport.Connections;

namespace KlaviyoExport.Web.Pages.Connections.Wizard;

/// <summary>The numbers, anchors, titles and dependencies of the wizard steps.</summary>
internal static class Steps
{
    /// <summary>Returns the number of a step. Number 1 is the choice of the type.</summary>
    public static int NumberOf(WizardStep step) => (int)step + 2;

    public static int SaveNumber => NumberOf(WizardStep.ExportUser) + 1;

    public static string AnchorOf(WizardStep step) => "step-" + step.ToString().ToLowerInvariant();

    public static string TextOf(WizardStep step) =>
        step switch
        {
            WizardStep.Consent => "Privacy",
            _ => step.ToString(),
        };

    public static StepState StateOf(DraftView draft, WizardStep step) =>
        !draft.Missing.Contains(step) ? StepState.Done
        : WaitsFor(step).Any(draft.Missing.Contains) ? StepState.Waiting
        : StepState.Open;

    private static WizardStep[] WaitsFor(WizardStep step) =>
        step switch
        {
            WizardStep.Connect => [WizardStep.Key, WizardStep.Consent],
            WizardStep.Authenticate => [WizardStep.Connect],
            // The sign-in page shows the name of the connection.
            WizardStep.ExportUser => [WizardStep.Name],
            _ => [],
        };
}
