using System.Text.RegularExpressions;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Components;

/// <summary>
/// Blazor encodes every text. These are the places where the source goes round that: the drawings of icons, which are constants, and the
/// documents of the help site, which are files of the program.
/// </summary>
public sealed partial class MarkupTests
{
    [Fact]
    public void No_page_or_mail_writes_a_text_as_markup()
    {
        var found = Sources("KlaviyoExport", "KlaviyoExport.Web")
            .SelectMany(file =>
                File.ReadLines(file)
                    .Where(line => Unencoded().IsMatch(line))
                    .Select(line => $"{Path.GetFileName(file)}: {Markup().Match(line)}")
            );

        Assert.Equal(
            ["HelpArticle.razor: @((MarkupString)Document.Html)", "Icon.razor: @((MarkupString)IconDrawings.Of(Name))"],
            found.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_pages_of_the_sandbox_write_constants_only_as_markup()
    {
        var found = Sources("KlaviyoExport.Sandbox")
            .SelectMany(file =>
                Raw().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileName(file)}: {match.Groups[1].Value}")
            );

        Assert.Equal(
            [
                "AuthorizePage.cs: i == 0 ? \" checked\" : \"\"",
                "Html.cs: string constant",
                "Layout.cs: Numbers.Contains(c) ? \" class=\\\"number\\\"\" : \"\"",
                "Layout.cs: l.Path == http.Request.Path.Value ? \" aria-current=\\\"page\\\"\" : \"\"",
            ],
            found.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void No_script_of_the_browser_writes_markup_or_runs_a_text()
    {
        var scripts = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "KlaviyoExport.Web", "wwwroot"), "*.js").ToList();

        Assert.NotEmpty(scripts);
        Assert.DoesNotContain(scripts, file => Dangerous().IsMatch(File.ReadAllText(file)));
    }

    private static IEnumerable<string> Sources(params string[] projects) =>
        projects
            .SelectMany(project =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", project), "*", SearchOption.AllDirectories)
            )
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor")
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    [GeneratedRegex(@"MarkupString|AddMarkupContent|Html\.Raw|HtmlString|RenderFragment\s*\(\s*string|TextSyntax\.Html")]
    private static partial Regex Unencoded();

    [GeneratedRegex(@"@\(\(MarkupString\).*?(?=<)")]
    private static partial Regex Markup();

    [GeneratedRegex(@"\bRaw\(\s*((?:[^()]|\([^()]*\))*?)\s*\)")]
    private static partial Regex Raw();

    [GeneratedRegex(@"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|setTimeout\(\s*[""']|DOMParser")]
    private static partial Regex Dangerous();
}
