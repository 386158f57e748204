namespace KlaviyoExport.Web.Components.Ui;

/// <summary>One step of the way to a page; without address for a step that is no page, such as "Data".</summary>
public sealed record Crumb(string Text, string? Href = null);
