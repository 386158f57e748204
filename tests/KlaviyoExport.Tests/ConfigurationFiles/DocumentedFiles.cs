using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests.ConfigurationFiles;

/// <summary>The configuration files in the documentation.</summary>
internal static partial class DocumentedFiles
{
    public static IReadOnlyList<string> All() =>
        [
            .. Block()
                .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "configuration-files.md")))
                .Select(block => block.Groups[1].Value),
        ];

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
