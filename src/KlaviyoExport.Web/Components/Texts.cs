namespace KlaviyoExport.Web.Components;

/// <summary>
/// Identifies the texts of this folder (Texts.resx) for <c>IStringLocalizer</c>. Each folder with pages has such a class.
/// </summary>
internal sealed class Texts;
