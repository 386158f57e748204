namespace KlaviyoExport.Web.Components.Ui;

public enum AlertKind
{
    Info,
    Success,
    Warning,
    Danger,
}
