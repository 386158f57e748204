using k8s;
using k8s.Models;
using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>The chart, rendered by Helm: the installations that docs/installation.md describes, and those that cannot work.</summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class HelmChartTests
{
    private const string Image = "image.repository=registry.company.example/klaviyo-export";

    [Theory]
    [InlineData("one-server.yaml")]
    [InlineData("several-servers.yaml")]
    public async Task Helm_finds_no_fault_in_the_chart(string values)
    {
        var run = await Helm.RunAsync("lint", "--strict", Helm.Chart, "-f", values);

        Assert.True(run.Code == 0, run.Output + run.Error);
        Assert.DoesNotContain("[WARNING]", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_image_alone_there_is_one_server_that_is_not_published()
    {
        var manifest = Manifest.Read(await Helm.TemplateAsync("--set", Image));
        var deployment = manifest.One<V1Deployment>().Spec;

        Assert.Equal(1, deployment.Replicas);
        Assert.Equal("registry.company.example/klaviyo-export:1", deployment.Template.Spec.Containers.Single().Image);
        Assert.Empty(manifest.Objects.OfType<V1Ingress>());
        Assert.DoesNotContain(
            deployment.Template.Spec.Containers.Single().Env,
            variable => variable.Name.StartsWith("Proxy", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task One_server_ends_before_the_next_one_starts()
    {
        var manifest = await Manifest.DeployedAsync("one-server.yaml");

        Assert.Equal(1, manifest.One<V1Deployment>().Spec.Replicas);
        Assert.Equal("Recreate", manifest.One<V1Deployment>().Spec.Strategy.Type);
        Assert.Empty(manifest.Objects.OfType<V1PodDisruptionBudget>());
    }

    [Fact]
    public async Task Several_servers_share_a_volume_and_a_certificate_and_are_replaced_one_after_the_other()
    {
        var manifest = await Manifest.DeployedAsync("several-servers.yaml");
        var deployment = manifest.One<V1Deployment>().Spec;
        var pod = deployment.Template.Spec;
        var container = pod.Containers.Single();
        var settings = container.Env.ToDictionary(variable => variable.Name, variable => variable.Value);
        var certificate = container.VolumeMounts.Single(mount => mount.Name == "certificate");

        Assert.Equal(3, deployment.Replicas);
        Assert.Equal("RollingUpdate", deployment.Strategy.Type);
        Assert.Equal("0", deployment.Strategy.RollingUpdate.MaxUnavailable.Value);
        Assert.Equal(["ReadWriteMany"], manifest.One<V1PersistentVolumeClaim>().Spec.AccessModes);
        Assert.Equal("true", settings["Cluster__Enabled"]);
        Assert.Equal("PostgreSql", settings["Database__Provider"]);
        Assert.Equal($"{certificate.MountPath}/keys.pfx", settings["DataProtection__Certificate"]);
        Assert.Equal("klaviyo-export-keys", pod.Volumes.Single(volume => volume.Name == certificate.Name).Secret.SecretName);
        Assert.Equal(deployment.Selector.MatchLabels, manifest.One<V1PodDisruptionBudget>().Spec.Selector.MatchLabels);
        Assert.Equal(deployment.Selector.MatchLabels, pod.TopologySpreadConstraints.Single().LabelSelector.MatchLabels);
    }

    [Fact]
    public async Task The_manifest_without_Helm_has_what_the_chart_installs()
    {
        var manifest = await Manifest.DeployedAsync("kubernetes.yaml");
        var chart = await Manifest.DeployedAsync("one-server.yaml");
        // The manifest can be tried without a secret. Whoever names one in the values has it.
        manifest.One<V1Deployment>().Spec.Template.Spec.Containers.Single().EnvFrom.Single().SecretRef.Optional = null;

        Assert.Equal(Compared(chart), Compared(manifest));

        static string[] Compared(Manifest manifest) =>
            [
                KubernetesJson.Serialize(manifest.One<V1Deployment>().Spec.Replicas),
                KubernetesJson.Serialize(manifest.One<V1Deployment>().Spec.Strategy),
                KubernetesJson.Serialize(manifest.One<V1Deployment>().Spec.Template.Spec),
                KubernetesJson.Serialize(manifest.One<V1PersistentVolumeClaim>().Spec),
                KubernetesJson.Serialize(manifest.One<V1Service>().Spec.Ports),
                KubernetesJson.Serialize(
                    manifest.One<V1Ingress>().Metadata.Annotations.OrderBy(annotation => annotation.Key, StringComparer.Ordinal)
                ),
                KubernetesJson.Serialize(manifest.One<V1Ingress>().Spec),
            ];
    }

    [Theory]
    [InlineData("image.repository=", "image.repository is empty.")]
    [InlineData("store.provider=Sqlite", "Several replicas cannot share a SQLite store.")]
    [InlineData("certificate.secret=", "Several replicas need one certificate for their keys.")]
    [InlineData("data.accessMode=ReadWriteOnce", "Several replicas share one volume.")]
    [InlineData("secret=", "A PostgreSql store needs its connection string.")]
    [InlineData("ingress.host=", "ingress.host is empty.")]
    [InlineData("proxy.networks=null", "proxy.networks is empty.")]
    [InlineData("settings.Urls=http://0.0.0.0:80", "settings.Urls: remove it")]
    [InlineData("settings.DATABASE__PROVIDER=SqlServer", "settings.DATABASE__PROVIDER: use the value store.provider instead.")]
    [InlineData("settings.Proxy__Networks__1=10.0.0.0/8", "settings.Proxy__Networks__1: use the value proxy.networks instead.")]
    public async Task Values_that_cannot_work_are_refused_with_what_to_do(string value, string message)
    {
        var run = await Helm.RunAsync("template", Helm.Chart, Helm.Chart, "-f", "several-servers.yaml", "--set", value);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains($"\n- {message}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_faults_of_the_values_are_named_at_once()
    {
        var run = await Helm.RunAsync("template", Helm.Chart, Helm.Chart, "--set", "replicas=2,ingress.enabled=true");

        Assert.Equal(6, run.Error.Split('\n').Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("replica=3", "'replica' not allowed")]
    [InlineData("ingress.tls=true", "'tls' not allowed")]
    [InlineData("replicas=two", "got string, want integer")]
    [InlineData("store.provider=MySql", "value must be one of 'Sqlite', 'PostgreSql', 'SqlServer'")]
    [InlineData("settings.Delivery__BatchSize=1000", "got number, want boolean or string")]
    [InlineData("settings.Log:Format=Text", "'Log:Format' does not match pattern")]
    [InlineData("ingress.host=https://exports.company.example", "'https://exports.company.example' does not match pattern")]
    public async Task Unknown_and_wrong_values_are_refused(string value, string message)
    {
        var run = await Helm.RunAsync("template", Helm.Chart, Helm.Chart, "--set", Image, "--set", value);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_an_installation_Helm_says_how_to_open_it()
    {
        var published = await Helm.RunAsync("install", "exports", Helm.Chart, "--dry-run=client", "-n", "sales", "-f", "one-server.yaml");
        var unpublished = await Helm.RunAsync("install", "exports", Helm.Chart, "--dry-run=client", "-n", "sales", "--set", Image);

        Assert.Contains("Its address is https://exports.company.example/.", published.Output, StringComparison.Ordinal);
        Assert.Contains("kubectl -n sales port-forward service/exports 8080:http", unpublished.Output, StringComparison.Ordinal);
    }
}
