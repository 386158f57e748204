namespace KlaviyoExport.Web.Pages.Account;

internal sealed class Texts;
