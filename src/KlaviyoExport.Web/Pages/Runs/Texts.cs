namespace KlaviyoExport.Web.Pages.Runs;

internal sealed class Texts;
