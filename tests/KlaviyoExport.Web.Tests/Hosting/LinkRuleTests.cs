using System.Text.RegularExpressions;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>
/// Links begin with the path base of the application (PathBaseTests), so pages write them relative to the base element: "exports/3", and
/// "./" for the home page.
/// </summary>
public sealed partial class LinkRuleTests
{
    private static string Web => Path.Combine(Repository.Root, "src", "KlaviyoExport.Web");

    public static TheoryData<string> Files =>
        [
            .. new[] { "Pages", "Components" }
                .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Web, folder), "*", SearchOption.AllDirectories))
                .Where(file => Path.GetExtension(file) is ".razor" or ".cs")
                .Select(file => Path.GetRelativePath(Web, file)),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void No_link_of_a_page_begins_with_a_slash(string file)
    {
        var links = File.ReadLines(Path.Combine(Web, file)).Where(line => !Route().IsMatch(line) && Rooted().IsMatch(line));

        Assert.Empty(links);
    }

    [Theory]
    [InlineData("<a href=\"/exports\">")]
    [InlineData("<a class=\"brand\" href=\"/\">")]
    [InlineData("location.NavigateTo($\"/runs/{id}\");")]
    [InlineData("<form method=\"post\" action=\"/sign-out\">")]
    public void The_rule_finds(string line) => Assert.True(!Route().IsMatch(line) && Rooted().IsMatch(line));

    [Theory]
    [InlineData("@page \"/exports/{Id:int}\"")]
    [InlineData("app.MapGet(\"/runs/{id:int}/rejections.csv\", WriteAsync);")]
    [InlineData("<a href=\"exports/new\">")]
    [InlineData("<a href=\"https://www.klaviyo.com/\">")]
    public void The_rule_allows(string line) => Assert.False(!Route().IsMatch(line) && Rooted().IsMatch(line));

    [GeneratedRegex("^@page |Map(Get|Post|Put|Delete)\\(")]
    private static partial Regex Route();

    // A slash alone is only a link as an attribute or an argument; elsewhere it may be a separator.
    [GeneratedRegex("\"/[a-z]|(href|action|src|NavigateTo\\()=?\"/")]
    private static partial Regex Rooted();
}
