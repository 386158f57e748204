using System.Xml.Linq;
using KlaviyoExport.Tests;
using YamlDotNet.RepresentationModel;

namespace KlaviyoExport.Web.Tests.Hosting;

/// <summary>The files in deploy/, and docs/installation.md, which shows some of them.</summary>
public sealed class DeploymentFileTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy");

    [Theory]
    [InlineData("klaviyo-export.service")]
    [InlineData("kubernetes.yaml")]
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
            .Where(file => Path.GetExtension(file) is ".yaml" or ".yml")
            .ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.NotEmpty(Documents(file)));
    }

    [Fact]
    public void The_service_and_the_ingress_of_Kubernetes_lead_to_the_pod()
    {
        var documents = Documents(Path.Combine(Folder, "kubernetes.yaml"));
        var deployment = documents.Single(document => Text(document, "kind") == "Deployment");
        var service = documents.Single(document => Text(document, "kind") == "Service");
        var ingress = documents.Single(document => Text(document, "kind") == "Ingress");
        var volumes = documents
            .Where(document => Text(document, "kind") == "PersistentVolumeClaim")
            .Select(claim => Text(claim, "metadata", "name"));

        Assert.Equal(Text(deployment, "spec", "template", "metadata", "labels", "app"), Text(service, "spec", "selector", "app"));
        Assert.Equal(
            Text(service, "metadata", "name"),
            Text(ingress, "spec", "rules", "0", "http", "paths", "0", "backend", "service", "name")
        );
        Assert.Equal(
            Text(deployment, "spec", "template", "spec", "containers", "0", "ports", "0", "name"),
            Text(service, "spec", "ports", "0", "targetPort")
        );
        Assert.Contains(Text(deployment, "spec", "template", "spec", "volumes", "0", "persistentVolumeClaim", "claimName"), volumes);
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

    private static string Text(YamlNode node, params IEnumerable<string> path) =>
        path.Aggregate(node, (at, step) => at is YamlSequenceNode list ? list[int.Parse(step, null)] : at[step]).ToString();
}
