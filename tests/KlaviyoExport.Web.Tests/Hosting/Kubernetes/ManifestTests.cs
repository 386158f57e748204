using k8s.Models;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>What the other tests of manifests rely on.</summary>
public sealed class ManifestTests
{
    private const string Service = """
        apiVersion: v1
        kind: Service
        metadata: { name: web, labels: { app: web } }
        spec:
          ports: [{ name: http, port: 80, targetPort: http }]
        """;

    [Fact]
    public void An_object_is_read_as_the_type_of_its_kind() =>
        Assert.Equal("web", Manifest.Read($"---\n# Source: service.yaml\n{Service}\n").One<V1Service>().Metadata.Name);

    [Theory]
    [InlineData("targetPort", "targetport")]
    [InlineData("app: web", "app: true")]
    [InlineData("port: 80", "port: \"80\"")]
    [InlineData("port: 80", "port: eighty")]
    [InlineData("port: 80", "port: 80, port: 81")]
    [InlineData("kind: Service", "kind: Servant")]
    [InlineData("apiVersion: v1", "apiVersion: v2")]
    public void An_object_that_the_API_server_refuses_is_refused(string right, string wrong) =>
        Assert.ThrowsAny<Exception>(() => Manifest.Read(Service.Replace(right, wrong, StringComparison.Ordinal)));
}
