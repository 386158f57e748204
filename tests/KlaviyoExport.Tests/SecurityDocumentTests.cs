using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests;

/// <summary>The documents name the test that keeps each promise.</summary>
public sealed partial class SecurityDocumentTests
{
    [Theory]
    [InlineData("security.md")]
    [InlineData("asvs.md")]
    [InlineData("privacy.md")]
    public void Every_test_that_a_document_names_exists(string name)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", name));
        var tests = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Test().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        var named = Name().Matches(document).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.Contains(test, tests));
    }

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Test();

    [GeneratedRegex(@"`([A-Z]\w*_\w+)`")]
    private static partial Regex Name();
}
