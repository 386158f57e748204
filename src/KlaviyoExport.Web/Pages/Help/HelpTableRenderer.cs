using Markdig.Extensions.Tables;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace KlaviyoExport.Web.Pages.Help;

/// <summary>
/// Writes a table into a box, in which a wide table scrolls, also with the keyboard. Markdown requires a header; here a header without text
/// is left out, and a column without a name has no header cell.
/// </summary>
internal sealed class HelpTableRenderer : HtmlObjectRenderer<Table>
{
    protected override void Write(HtmlRenderer renderer, Table table)
    {
        renderer.EnsureLine();
        renderer.WriteLine("<div class=\"table-box\" tabindex=\"0\"><table>");
        var rows = table.OfType<TableRow>().ToList();
        WriteRows(renderer, "thead", rows.Where(row => row.IsHeader && row.OfType<TableCell>().Any(HasText)));
        WriteRows(renderer, "tbody", rows.Where(row => !row.IsHeader));
        renderer.WriteLine("</table></div>");
    }

    private static void WriteRows(HtmlRenderer renderer, string part, IEnumerable<TableRow> rows)
    {
        if (!rows.Any())
            return;
        renderer.WriteLine($"<{part}>");
        foreach (var row in rows)
        {
            renderer.Write("<tr>");
            foreach (var cell in row.OfType<TableCell>())
                WriteCell(renderer, row.IsHeader && HasText(cell) ? "th" : "td", cell);
            renderer.WriteLine("</tr>");
        }
        renderer.WriteLine($"</{part}>");
    }

    private static void WriteCell(HtmlRenderer renderer, string tag, TableCell cell)
    {
        var before = renderer.ImplicitParagraph;
        renderer.ImplicitParagraph = true;
        renderer.Write($"<{tag}>");
        renderer.WriteChildren(cell);
        renderer.Write($"</{tag}>");
        renderer.ImplicitParagraph = before;
    }

    private static bool HasText(TableCell cell) => cell.OfType<ParagraphBlock>().Any(text => text.Inline?.FirstChild is not null);
}
