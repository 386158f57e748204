namespace KlaviyoExport.Web.Components.Ui;

/// <summary>The severity of an alert or a badge. It sets the color.</summary>
public enum AlertKind
{
    Info,
    Success,
    Warning,
    Danger,
}
