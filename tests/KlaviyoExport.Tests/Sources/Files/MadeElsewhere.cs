namespace KlaviyoExport.Tests.Sources;

/// <summary>Files that other programs have written.</summary>
internal static class MadeElsewhere
{
    public static string PathOf(string name) =>
        Path.Combine(Repository.Root, "tests", "KlaviyoExport.Tests", "Sources", "Files", "MadeElsewhere", name);
}
