namespace KlaviyoExport.Web.Pages.Segments;

internal sealed class Texts;
