namespace KlaviyoExport.Web.Pages.System;

internal sealed class Texts;
