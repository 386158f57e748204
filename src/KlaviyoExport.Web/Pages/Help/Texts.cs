namespace KlaviyoExport.Web.Pages.Help;

internal sealed class Texts;
