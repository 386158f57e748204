using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Tests;
using YamlDotNet.RepresentationModel;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>The values of the chart: each has a comment, a place in the schema and an effect.</summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class HelmValueTests
{
    // Whoever installs the chart chooses the names in them.
    private static readonly string[] Open = ["settings", "ingress.annotations", "resources"];

    /// <summary>Another value for each, as JSON.</summary>
    public static TheoryData<string, string> Others =>
        new()
        {
            { "image.repository", "\"registry.company.example/exports\"" },
            { "image.tag", "\"2\"" },
            { "image.pullPolicy", "\"Always\"" },
            { "image.pullSecrets", "[\"registry\"]" },
            { "replicas", "2" },
            { "store.provider", "\"SqlServer\"" },
            { "secret", "\"exports\"" },
            { "certificate.secret", "\"exports\"" },
            { "certificate.key", "\"exports.pfx\"" },
            { "data.size", "\"5Gi\"" },
            { "data.accessMode", "\"ReadWriteOncePod\"" },
            { "data.storageClass", "\"1234\"" },
            { "data.existingClaim", "\"exports\"" },
            { "settings", "{\"Practice__Enabled\":false,\"Alerts__PublicAddress\":\"https://company.example\"}" },
            { "proxy.networks", "[\"10.1.0.0/16\",\"fd00::/8\"]" },
            { "ingress.enabled", "false" },
            { "ingress.className", "\"traefik\"" },
            { "ingress.host", "\"company.example\"" },
            { "ingress.tlsSecret", "\"\"" },
            { "ingress.annotations", "{\"company.example/owner\":\"sales\"}" },
            { "serviceAccount.annotations", "{\"azure.workload.identity/client-id\":\"1234\"}" },
            { "resources", "{\"limits\":{\"memory\":\"4Gi\"}}" },
            { "podLabels", "{\"azure.workload.identity/use\":\"true\"}" },
            { "podAnnotations", "{\"company.example/owner\":\"sales\"}" },
            { "volumes", "[{\"name\":\"customers\",\"emptyDir\":{}}]" },
            { "volumeMounts", "[{\"name\":\"data\",\"mountPath\":\"/customers\",\"readOnly\":true}]" },
            { "nodeSelector", "{\"kubernetes.io/arch\":\"amd64\"}" },
            { "tolerations", "[{\"key\":\"exports\",\"operator\":\"Exists\"}]" },
        };

    private static string Chart => Path.Combine(Helm.Folder, Helm.Chart);

    [Theory]
    [MemberData(nameof(Others))]
    public async Task A_value_has_an_effect(string path, string other)
    {
        // Several servers need ReadWriteMany, so another access mode is tried with one server.
        var values = path == "data.accessMode" ? "one-server.yaml" : "several-servers.yaml";
        var before = await Helm.TemplateAsync("-f", values);
        var after = await Helm.TemplateAsync("-f", values, "--set-json", $"{path}={other}");

        Assert.NotEqual(before, after);
        Assert.NotEmpty(Manifest.Read(after).Objects);
    }

    [Fact]
    public void Every_value_is_tested_and_in_the_schema()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Chart, "values.schema.json")));
        var tested = Others.Select(row => row.Data.Item1).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(tested, Values().Select(value => value.Path).Order(StringComparer.Ordinal));
        Assert.Equal(tested, Properties(schema.RootElement).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_value_has_a_comment()
    {
        var lines = File.ReadAllLines(Path.Combine(Chart, "values.yaml"));

        // Lines of YAML are counted from 1: this is the one above.
        Assert.All(Values(), value => Assert.StartsWith("#", lines[value.Line - 2].TrimStart(), StringComparison.Ordinal));
    }

    [Fact]
    public void The_schema_has_the_kinds_of_stores()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Chart, "values.schema.json")));
        var kinds = schema.RootElement.GetProperty("properties").GetProperty("store").GetProperty("properties").GetProperty("provider");

        Assert.Equal(Enum.GetNames<StoreProvider>(), kinds.GetProperty("enum").EnumerateArray().Select(kind => kind.GetString()!));
    }

    private static IEnumerable<(string Path, long Line)> Values()
    {
        var stream = new YamlStream();
        using var text = File.OpenText(Path.Combine(Chart, "values.yaml"));
        stream.Load(text);
        return Of((YamlMappingNode)stream.Documents.Single().RootNode, "");

        static IEnumerable<(string, long)> Of(YamlMappingNode node, string parent) =>
            node.Children.SelectMany(child =>
                child.Value is YamlMappingNode { Children.Count: > 0 } inner && !Open.Contains(parent + child.Key)
                    ? Of(inner, $"{parent}{child.Key}.")
                    : [(parent + child.Key, child.Key.Start.Line)]
            );
    }

    private static IEnumerable<string> Properties(JsonElement schema, string parent = "") =>
        schema
            .GetProperty("properties")
            .EnumerateObject()
            .SelectMany(property =>
                property.Value.TryGetProperty("properties", out _)
                    ? Properties(property.Value, $"{parent}{property.Name}.")
                    : [parent + property.Name]
            );
}
