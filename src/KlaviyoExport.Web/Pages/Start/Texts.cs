namespace KlaviyoExport.Web.Pages.Start;

internal sealed class Texts;
