namespace KlaviyoExport.Web.Pages.Help;

/// <summary>A heading of a document.</summary>
/// <param name="Level">1 for the title of the document.</param>
/// <param name="FileAnchor">Its anchor in the file, as GitHub makes it from the text.</param>
/// <param name="Anchor">
/// Its anchor in the help site: that of the same heading of the English document, so that a link leads to its place in every language.
/// </param>
public sealed record HelpHeading(int Level, string Text, string FileAnchor, string Anchor);
