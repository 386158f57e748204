namespace KlaviyoExport.Web.Pages.Operations;

internal sealed class Texts;
