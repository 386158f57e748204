namespace KlaviyoExport.Web.Pages.Setup;

internal sealed class Texts;
