namespace KlaviyoExport.Web.Components;

/// <summary>Names the texts of this folder (Texts.resx), for <c>IStringLocalizer</c>. Every folder with pages has one of its own.</summary>
internal sealed class Texts;
