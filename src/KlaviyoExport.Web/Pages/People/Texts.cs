namespace KlaviyoExport.Web.Pages.People;

internal sealed class Texts;
