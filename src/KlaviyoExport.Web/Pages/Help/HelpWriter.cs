using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>Writes a document as a part of a page: with the links, pictures and anchors of the help site.</summary>
internal sealed class HelpWriter(HelpLibrary library)
{
    public string Write(HelpDocument document, MarkdownDocument content)
    {
        foreach (var (heading, block) in document.Headings.Zip(content.Descendants<HeadingBlock>()))
            block.GetAttributes().Id = heading.Anchor;
        foreach (var link in content.Descendants<LinkInline>().ToList())
        {
            if (link.IsImage)
                LinkPicture(document, link);
            else
                LinkDocument(document, link);
        }
        foreach (var code in content.Descendants<CodeBlock>())
            code.GetAttributes().AddProperty("tabindex", "0");
        // The page shows the title.
        content.RemoveAt(0);
        return HelpMarkdown.Write(content);
    }

    private void LinkDocument(HelpDocument document, LinkInline link)
    {
        var url = link.Url ?? "";
        if (Uri.TryCreate(url, UriKind.Absolute, out _))
            return;
        var (file, anchor) = url.Split('#') is [var path, var name] ? (path, name) : (url, null);
        var target = file.Length == 0 ? document : library.OfFile(Resolve(document.Path, file));
        if (target is not null)
        {
            link.Url = target.AddressOf(anchor);
            return;
        }
        // Source code, say, which the help site does not have.
        foreach (var child in link.ToList())
        {
            child.Remove();
            link.InsertBefore(child);
        }
        link.Remove();
    }

    private void LinkPicture(HelpDocument document, LinkInline link)
    {
        if (library.PictureOf(Resolve(document.Path, link.Url ?? "")) is not { } picture)
            return;
        link.Url = picture.Address;
        var attributes = link.GetAttributes();
        attributes.AddProperty("width", $"{picture.Width}");
        attributes.AddProperty("height", $"{picture.Height}");

        // A picture of a page is small beside the text. The link shows it in its own size.
        var whole = new LinkInline(picture.Address, "");
        whole.GetAttributes().AddProperty("data-enhance-nav", "false");
        link.ReplaceBy(whole, copyChildren: false);
        whole.AppendChild(link);
    }

    /// <summary>Returns the path below docs/ of a file that a document names. "../.." leads out of docs/ and to no document.</summary>
    private static string Resolve(string document, string relative) =>
        new Uri(new Uri($"docs://docs/{document}"), relative).AbsolutePath[1..];
}
