using KlaviyoExport.Web.Pages.Help;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlaviyoExport.Web.Tests.Pages.Help;

/// <summary>The labels of the product that a document of docs/ names, which are bold.</summary>
internal static class GuideLabels
{
    /// <summary>Labels that are not in the resources, because they are names.</summary>
    private static readonly HashSet<string> Names = ["Klaviyo"];

    /// <param name="path">Below docs/.</param>
    public static IEnumerable<string> Of(string path) =>
        HelpMarkdown
            .Read(HelpFiles.Text(path))
            .Descendants<EmphasisInline>()
            .Where(emphasis => emphasis.DelimiterCount == 2)
            .Select(HelpMarkdown.PlainText)
            .Where(label => !Names.Contains(label))
            .Distinct();
}
