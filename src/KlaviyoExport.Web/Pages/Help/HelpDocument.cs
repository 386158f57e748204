using Markdig.Syntax;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>A document of the help site.</summary>
public sealed class HelpDocument
{
    private readonly Lazy<string> _html;

    /// <param name="path">Of its file, below docs/.</param>
    /// <param name="english">The document it is a translation of. Null when it is English itself.</param>
    /// <param name="write">Returns the content without the title. It is called once, when all documents are known.</param>
    internal HelpDocument(string path, MarkdownDocument content, HelpDocument? english, Func<HelpDocument, MarkdownDocument, string> write)
    {
        (Path, Place, Headings) = (path, HelpPlace.Of(path), [.. HeadingsOf(content, english?.Headings)]);
        // Otherwise every process would keep the syntax trees of all documents.
        _html = new(() => write(this, HelpMarkdown.Read(HelpFiles.Text(path))));
        Lead = content.Skip(1).FirstOrDefault() is ParagraphBlock first ? FirstSentence(HelpMarkdown.PlainText(first.Inline!)) : "";
    }

    public string Path { get; }

    public HelpPlace Place { get; }

    public string Title => Headings[0].Text;

    /// <summary>The first sentence, if the document begins with a paragraph. Otherwise empty.</summary>
    public string Lead { get; }

    /// <summary>All headings, the title first.</summary>
    public IReadOnlyList<HelpHeading> Headings { get; }

    public string Html => _html.Value;

    public string Address => "help/" + Place.Page;

    /// <summary>Returns the address of a place of this document.</summary>
    /// <param name="fileAnchor">An anchor of the file. Null or empty for its beginning.</param>
    public string AddressOf(string? fileAnchor) =>
        string.IsNullOrEmpty(fileAnchor) || Headings[0].FileAnchor == fileAnchor
            ? Address
            : $"{Address}#{Headings.FirstOrDefault(heading => heading.FileAnchor == fileAnchor)?.Anchor ?? fileAnchor}";

    /// <summary>Returns the text of a heading.</summary>
    /// <param name="anchor">Its anchor in the help site. Null for the title, which also stands in for a heading that does not exist.</param>
    public string HeadingAt(string? anchor) => Headings.FirstOrDefault(heading => heading.Anchor == anchor)?.Text ?? Title;

    private static IEnumerable<HelpHeading> HeadingsOf(MarkdownDocument content, IReadOnlyList<HelpHeading>? english) =>
        content
            .Descendants<HeadingBlock>()
            .Select(
                (heading, i) =>
                {
                    var anchor = HelpMarkdown.AnchorOf(heading);
                    return new HelpHeading(
                        heading.Level,
                        HelpMarkdown.PlainText(heading.Inline!),
                        anchor,
                        english?.ElementAtOrDefault(i)?.Anchor ?? anchor
                    );
                }
            );

    private static string FirstSentence(string text)
    {
        var end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + 1)];
    }
}
