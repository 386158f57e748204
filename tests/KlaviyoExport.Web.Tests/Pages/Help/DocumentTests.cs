using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Help;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace KlaviyoExport.Web.Tests.Pages.Help;

/// <summary>The documents as files, which people read on the page of the repository.</summary>
public sealed class DocumentTests
{
    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
                .Select(file => Path.GetRelativePath(Repository.Root, file)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_link_leads_to_a_file_and_a_heading_of_it(string path)
    {
        var file = Path.Combine(Repository.Root, path);

        Assert.DoesNotContain(LinksOf(file), url => !Exists(file, url));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_document_begins_with_its_only_title(string path)
    {
        var content = Read(Path.Combine(Repository.Root, path));

        Assert.IsType<HeadingBlock>(content[0]);
        Assert.Equal(
            [0],
            content.Select((block, i) => (block, i)).Where(part => part.block is HeadingBlock { Level: 1 }).Select(part => part.i)
        );
    }

    [Fact]
    public void Markup_in_a_document_is_shown_as_text() =>
        Assert.Equal(
            "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt;</p>",
            HelpMarkdown.Write(HelpMarkdown.Read("<script>alert(1)</script> <b>")).Trim()
        );

    [Theory]
    [InlineData("| | |\n| --- | --- |\n| a | *b* |", "<tbody><tr><td>a</td><td><em>b</em></td></tr></tbody>")]
    [InlineData(
        "| | x |\n| --- | --- |\n| a | |",
        "<thead><tr><td></td><th>x</th></tr></thead><tbody><tr><td>a</td><td></td></tr></tbody>"
    )]
    public void A_header_of_a_table_is_written_only_where_it_has_text(string markdown, string html) =>
        Assert.Equal(
            $"<div class=\"table-box\" tabindex=\"0\"><table>{html}</table></div>",
            HelpMarkdown.Write(HelpMarkdown.Read(markdown)).ReplaceLineEndings("")
        );

    private static MarkdownDocument Read(string file) => HelpMarkdown.Read(File.ReadAllText(file));

    private static IEnumerable<string> LinksOf(string file) =>
        Read(file).Descendants<LinkInline>().Select(link => link.Url!).Where(url => !Uri.TryCreate(url, UriKind.Absolute, out _));

    private static bool Exists(string from, string url)
    {
        var (name, anchor) = url.Split('#') is [var path, var heading] ? (path, heading) : (url, null);
        var file = name.Length == 0 ? from : Path.Combine(Path.GetDirectoryName(from)!, name);
        return anchor is null
            ? File.Exists(file) || Directory.Exists(file)
            : File.Exists(file) && Read(file).Descendants<HeadingBlock>().Any(heading => HelpMarkdown.AnchorOf(heading) == anchor);
    }
}
