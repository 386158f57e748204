using System.Globalization;
using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Help;

namespace KlaviyoExport.Web.Tests.Pages.Help;

/// <summary>The links from the pages of the product to the help site.</summary>
public sealed partial class HelpLinkTests
{
    [Fact]
    public void Every_link_of_a_page_leads_to_a_heading_of_the_help_site()
    {
        var library = new HelpLibrary();
        var links = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src", "KlaviyoExport.Web", "Pages"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => Link().Matches(File.ReadAllText(file)))
            .Select(link => (Page: link.Groups["page"].Value, Anchor: link.Groups["anchor"]))
            .ToList();

        Assert.NotEmpty(links);
        Assert.All(
            links,
            link =>
            {
                var document = library.Find(link.Page, CultureInfo.InvariantCulture);
                Assert.True(document is not null, $"There is no page {link.Page}.");
                if (link.Anchor.Success)
                    Assert.Contains(link.Anchor.Value, document.Headings.Select(heading => heading.Anchor));
            }
        );
    }

    [GeneratedRegex("""<HelpLink\s+Page="(?<page>[^"]*)"(?:\s+Anchor="(?<anchor>[^"]*)")?""")]
    private static partial Regex Link();
}
