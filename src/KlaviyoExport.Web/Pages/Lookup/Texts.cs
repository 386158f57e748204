namespace KlaviyoExport.Web.Pages.Lookup;

internal sealed class Texts;
