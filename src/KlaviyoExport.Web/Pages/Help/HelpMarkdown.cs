using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>Reads and writes documents as GitHub does: tables, and anchors of headings. Markup in a document is shown as text.</summary>
internal static class HelpMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .DisableHtml()
        .Build();

    public static MarkdownDocument Read(string text) => Markdown.Parse(text, Pipeline);

    public static string Write(MarkdownDocument document)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<Markdig.Extensions.Tables.HtmlTableRenderer>(new HelpTableRenderer());
        if (renderer.ObjectRenderers.FindExact<CodeBlockRenderer>() is { } code)
            code.OutputAttributesOnPre = true;
        renderer.Render(document);
        return writer.ToString();
    }

    /// <summary>Returns the text of a heading, a paragraph or a part of it without its marks.</summary>
    public static string PlainText(ContainerInline content) =>
        string.Concat(
            content
                .Descendants()
                .Select(inline =>
                    inline switch
                    {
                        LiteralInline literal => literal.Content.ToString(),
                        CodeInline code => code.Content,
                        LineBreakInline => " ",
                        _ => "",
                    }
                )
        );

    public static string AnchorOf(HeadingBlock heading) => heading.GetAttributes().Id ?? "";
}
