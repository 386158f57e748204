namespace KlaviyoExport.Web.Pages.Connections;

internal sealed class Texts;
