using System.Reflection;
using System.Text.RegularExpressions;
using KlaviyoExport.People;

namespace KlaviyoExport.Tests.People.Auditing;

public sealed partial class AuditIsAppendOnlyTests
{
    // The retention removes the oldest entries.
    private const string Retention = "AuditPruning.cs";

    // A new chain takes off the seals of the old one.
    private const string Renewal = "AuditRenewal.cs";

    [Fact]
    public void An_entry_cannot_be_changed_except_by_sealing_it()
    {
        var settable = typeof(AuditEntry)
            .GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(property =>
                property.SetMethod is { IsPrivate: false } setter
                && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))
            )
            .Select(property => property.Name);

        Assert.Empty(settable);
    }

    [Fact]
    public void Only_the_retention_deletes_entries_and_nothing_updates_more_than_their_seals_in_the_store()
    {
        var files = Directory
            .EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Migrations/", StringComparison.Ordinal))
            .ToDictionary(Path.GetFullPath, File.ReadAllText);

        Assert.Equal(
            [Retention, Renewal],
            files
                .Where(file => file.Value.Contains("AuditEntry", StringComparison.Ordinal) && Change().IsMatch(file.Value))
                .Select(file => Path.GetFileName(file.Key))
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["Hash", "Sequence"],
            SetProperty()
                .Matches(files.Single(file => Path.GetFileName(file.Key) == Renewal).Value)
                .Select(match => match.Groups[1].Value)
                .Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(files, file => Sql().IsMatch(file.Value));
    }

    [GeneratedRegex(@"\.(ExecuteDelete|ExecuteUpdate|RemoveRange|Remove)(Async)?\(|EntityState\.(Modified|Deleted)")]
    private static partial Regex Change();

    [GeneratedRegex(@"SetProperty\(\w+ => \w+\.(\w+)")]
    private static partial Regex SetProperty();

    [GeneratedRegex(@"(?i)\b(UPDATE|DELETE\s+FROM)\s+\\?""?AuditEntries")]
    private static partial Regex Sql();
}
