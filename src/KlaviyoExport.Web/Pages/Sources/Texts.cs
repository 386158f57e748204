namespace KlaviyoExport.Web.Pages.Sources;

internal sealed class Texts;
