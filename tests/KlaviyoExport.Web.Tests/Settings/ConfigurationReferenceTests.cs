using System.Text.RegularExpressions;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Security.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Settings;

public sealed partial class ConfigurationReferenceTests
{
    /// <summary>Set it to write the tables of docs/configuration.md anew.</summary>
    private const string Write = "KLAVIYO_EXPORT_WRITE_CONFIGURATION";

    private static readonly string Document = Path.Combine(Repository.Root, "docs", "configuration.md");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_tables_in_docs_are_those_of_the_options_classes()
    {
        var now = await File.ReadAllTextAsync(Document, Cancel);
        var renewed = ConfigurationReference.Renew(now);
        if (Environment.GetEnvironmentVariable(Write) is not null)
            await File.WriteAllTextAsync(Document, now = renewed, Cancel);

        Assert.True(renewed == now, $"Run this test with {Write}=1 and commit docs/configuration.md.");
    }

    [Fact]
    public void Every_setting_is_explained() => Assert.Empty(ConfigurationReference.Unexplained());

    [Fact]
    public void Every_class_that_the_application_reads_settings_into_is_in_the_tables()
    {
        var builder = WebApplication.CreateBuilder();
        WebApp.AddServices(builder);

        var read = builder
            .Services.Select(service => service.ServiceType)
            .Where(type =>
                type.IsGenericType
                && (
                    type.GetGenericTypeDefinition() == typeof(IConfigureOptions<>)
                    || type.GetGenericTypeDefinition() == typeof(IOptionsChangeTokenSource<>)
                )
            )
            .Select(type => type.GetGenericArguments()[0])
            .Where(type => SettingsSection.Assemblies.Contains(type.Assembly))
            .Distinct()
            .ToList();

        Assert.NotEmpty(read);
        // Its settings are described by hand: see the next test.
        read.Remove(typeof(RoleMapping));
        Assert.Empty(read.Except(SettingsSection.All.Select(section => section.Options)));
    }

    [Fact]
    public async Task The_roles_are_in_the_document_by_hand()
    {
        var text = await File.ReadAllTextAsync(Document, Cancel);

        Assert.All(
            [.. Enum.GetNames<Role>(), RoleMapping.ClaimsKey],
            key => Assert.Contains($"`{RoleMapping.Section}:{key}`", text, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Documents_and_deployments_name_only_settings_that_exist()
    {
        var settings = SettingsSection.All.SelectMany(section => section.Settings).Select(setting => setting.Key).ToList();
        var sections = SettingsSection.All.Select(section => section.Name).Where(name => name.Length > 0).ToHashSet(StringComparer.Ordinal);
        var unknown = new List<string>();
        foreach (
            var file in Directory
                .EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
                .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
                .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "deploy"), "*", SearchOption.AllDirectories))
        )
        foreach (Match match in Key().Matches(await File.ReadAllTextAsync(file, Cancel)))
        {
            var key = match.Groups["key"].Value.Replace("__", ":", StringComparison.Ordinal);
            if (sections.Contains(key.Split(':')[0]) && !IsKnown(key))
                unknown.Add($"{Path.GetFileName(file)}: {key}");
        }

        Assert.Empty(unknown);

        // A key, a section as a whole, an item of a list, or a setting that no options class holds.
        bool IsKnown(string key) =>
            settings.Any(setting => key == setting || key.StartsWith(setting + ":", StringComparison.Ordinal))
            || sections.Contains(key)
            || OtherKeys.Any(framework => key.StartsWith(framework, StringComparison.Ordinal));
    }

    private static readonly string[] OtherKeys = ["AzureAd:", "Circuits:", "Roles:"];

    [GeneratedRegex(@"(?<![\w:/.])(?<key>[A-Z][A-Za-z0-9]+(?:(?::|__)[A-Za-z0-9]+)+)(?![\w(])")]
    private static partial Regex Key();
}
