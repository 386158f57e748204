using System.Text.RegularExpressions;
using System.Xml.Linq;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Tests.Settings;
using YamlDotNet.RepresentationModel;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>The files in deploy/, and docs/installation.md, which shows some of them.</summary>
public sealed partial class DeploymentFileTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    [Theory]
    [InlineData("klaviyo-export.service")]
    [InlineData("kubernetes.yaml")]
    [InlineData("helm/one-server.yaml")]
    [InlineData("helm/several-servers.yaml")]
    [InlineData("proxy/nginx-site.conf")]
    [InlineData("proxy/Caddyfile")]
    [InlineData("proxy/web.config")]
    public void The_guide_shows_a_file_as_it_is(string file) =>
        Assert.Contains(
            $"\n{File.ReadAllText(Path.Combine(Folder, file)).Trim()}\n```\n",
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "installation.md")),
            StringComparison.Ordinal
        );

    [Fact]
    public void Files_in_YAML_can_be_read()
    {
        var files = Directory
            .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" && !file.Contains("templates", StringComparison.Ordinal))
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.NotEmpty(Documents(file)));
    }

    [Fact]
    public void Settings_in_the_files_exist()
    {
        var known = SettingsSection
            .All.SelectMany(section => section.Settings)
            .Select(setting => setting.Key)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = Directory
            .EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .SelectMany(file => Variable().Matches(File.ReadAllText(file)))
            .Select(match => Item().Replace(match.Value, "").Replace("__", ":", StringComparison.Ordinal))
            .Distinct()
            .ToList();

        Assert.Contains("Database:Provider", named);
        Assert.DoesNotContain(named, name => !known.Contains(name));
    }

    [Fact]
    public void The_configuration_of_IIS_is_XML() =>
        Assert.Equal("configuration", XDocument.Load(Path.Combine(Folder, "proxy", "web.config")).Root!.Name.LocalName);

    private static List<YamlNode> Documents(string file)
    {
        var stream = new YamlStream();
        using var text = File.OpenText(file);
        stream.Load(text);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    [GeneratedRegex("[A-Za-z]+(__[A-Za-z0-9]+)+")]
    private static partial Regex Variable();

    [GeneratedRegex("__[0-9]+$")]
    private static partial Regex Item();
}
