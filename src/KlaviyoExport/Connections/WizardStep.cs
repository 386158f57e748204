namespace KlaviyoExport.Connections;

/// <summary>What has to be done before a connection can be saved, in the wizard's order.</summary>
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
