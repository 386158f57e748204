using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Tests;
using YamlDotNet.RepresentationModel;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>The values of the chart: each has a comment, a place in the schema and an effect.</summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class HelmValueTests
{
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
        // Each value has one with several servers, but some only where the chart makes a volume for one server.
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

        Assert.Equal(tested, Values().Order(StringComparer.Ordinal));
        Assert.Equal(tested, Properties(schema.RootElement).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_value_has_a_comment()
    {
        var lines = File.ReadAllLines(Path.Combine(Chart, "values.yaml"));

        foreach (var name in Values().Select(path => path.Split('.')[^1]))
            Assert.Contains(
                lines.Index(),
                line =>
                    line.Item.TrimStart().StartsWith($"{name}:", StringComparison.Ordinal)
                    && lines[line.Index - 1].TrimStart().StartsWith('#')
            );
    }

    [Fact]
    public void The_schema_has_the_kinds_of_stores()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Chart, "values.schema.json")));
        var kinds = schema.RootElement.GetProperty("properties").GetProperty("store").GetProperty("properties").GetProperty("provider");

        Assert.Equal(Enum.GetNames<StoreProvider>(), kinds.GetProperty("enum").EnumerateArray().Select(kind => kind.GetString()!));
    }

    // The settings and annotations below a value are the values of whoever installs it.
    private static readonly string[] Free = ["settings", "ingress.annotations", "resources"];

    private static IEnumerable<string> Values()
    {
        var stream = new YamlStream();
        using var text = File.OpenText(Path.Combine(Chart, "values.yaml"));
        stream.Load(text);
        return Of((YamlMappingNode)stream.Documents.Single().RootNode, "");

        static IEnumerable<string> Of(YamlMappingNode node, string parent) =>
            node.Children.SelectMany(child =>
                child.Value is YamlMappingNode { Children.Count: > 0 } inner && !Free.Contains(parent + child.Key)
                    ? Of(inner, $"{parent}{child.Key}.")
                    : [parent + child.Key]
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
