namespace KlaviyoExport.Web.Pages.Exports;

internal sealed class Texts;
