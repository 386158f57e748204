namespace KlaviyoExport.Web.Pages.Alerts;

internal sealed class Texts;
