namespace KlaviyoExport.Web.Tests.Localization.Literals;

/// <param name="Place">The component or the file that contains it.</param>
/// <param name="Text">The text.</param>
internal sealed record FoundLiteral(string Place, string Text);
