using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests;

/// <summary>docs/security.md names the test that keeps each promise.</summary>
public sealed partial class SecurityDocumentTests
{
    [Fact]
    public void Every_test_that_the_document_names_exists()
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        var tests = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Test().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        var named = Name().Matches(document).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Contains(name, tests));
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Test();

    [GeneratedRegex(@"`([A-Z]\w*_\w+)`")]
    private static partial Regex Name();
}
