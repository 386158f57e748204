namespace KlaviyoExport.Web.Components.Ui;

/// <summary>One entry of the breadcrumbs of a page.</summary>
/// <param name="Text">The text of the entry.</param>
/// <param name="Href">The address of the page. Null when the entry has no page, such as "Data".</param>
public sealed record Crumb(string Text, string? Href = null);
