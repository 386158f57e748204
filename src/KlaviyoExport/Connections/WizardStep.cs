namespace KlaviyoExport.Connections;

/// <summary>The steps that must be completed before a connection can be saved, in the wizard's order.</summary>
public enum WizardStep
{
    Name,
    Sharing,
    Key,
    Consent,
    Connect,
    Authenticate,
    ExportUser,
}
