using System.Net;
using k8s.Models;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Console;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>The pods that the manifests in deploy/ make: what they may do, and whether the application in them does what they expect.</summary>
[Trait(Needs.Trait, Needs.Process)]
public sealed class DeployedPodTests
{
    public static TheoryData<string> Files => ["kubernetes.yaml", "one-server.yaml", "several-servers.yaml"];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task The_pod_has_no_rights_that_it_does_not_need(string file)
    {
        var manifest = await Manifest.DeployedAsync(file);
        var pod = manifest.One<V1Deployment>().Spec.Template.Spec;
        var container = pod.Containers.Single();

        Assert.True(pod.SecurityContext.RunAsNonRoot);
        // The user "app" of the image.
        Assert.Equal(1654, pod.SecurityContext.RunAsUser);
        Assert.Equal(1654, pod.SecurityContext.FsGroup);
        Assert.Equal("RuntimeDefault", pod.SecurityContext.SeccompProfile.Type);
        Assert.True(container.SecurityContext.ReadOnlyRootFilesystem);
        Assert.False(container.SecurityContext.AllowPrivilegeEscalation);
        Assert.Equal(["ALL"], container.SecurityContext.Capabilities.Drop);
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.Equal(manifest.One<V1ServiceAccount>().Metadata.Name, pod.ServiceAccountName);
        Assert.False(manifest.One<V1ServiceAccount>().AutomountServiceAccountToken);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Requests_reach_the_pod(string file)
    {
        var manifest = await Manifest.DeployedAsync(file);
        var deployment = manifest.One<V1Deployment>().Spec;
        var port = deployment.Template.Spec.Containers.Single().Ports.Single();
        var service = manifest.One<V1Service>();
        var backend = manifest.One<V1Ingress>().Spec.Rules.Single().Http.Paths.Single().Backend.Service;

        Assert.Equal(service.Metadata.Name, backend.Name);
        Assert.Equal(service.Spec.Ports.Single().Name, backend.Port.Name);
        Assert.Equal(port.Name, service.Spec.Ports.Single().TargetPort.Value);
        Assert.Equal(deployment.Template.Metadata.Labels, service.Spec.Selector);
        Assert.Equal(deployment.Template.Metadata.Labels, deployment.Selector.MatchLabels);
        Assert.EndsWith($":{port.ContainerPort}", Settings(deployment)["Urls"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_the_application_writes_is_on_the_volume(string file)
    {
        var manifest = await Manifest.DeployedAsync(file);
        var deployment = manifest.One<V1Deployment>().Spec;
        var pod = deployment.Template.Spec;
        var mounts = pod
            .Containers.Single()
            .VolumeMounts.ToDictionary(mount => mount.MountPath, mount => pod.Volumes.Single(volume => volume.Name == mount.Name));

        Assert.Equal(
            manifest.One<V1PersistentVolumeClaim>().Metadata.Name,
            mounts[Settings(deployment)["DataDirectory"]].PersistentVolumeClaim.ClaimName
        );
        Assert.NotNull(mounts["/tmp"].EmptyDir);
    }

    // The chart has the same container: The_manifest_without_Helm_has_what_the_chart_installs.
    [Fact]
    public async Task The_application_starts_with_the_settings_of_the_pod_answers_its_probes_and_drains_before_it_stops()
    {
        var deployment = (await Manifest.DeployedAsync("kubernetes.yaml")).One<V1Deployment>().Spec;
        var container = deployment.Template.Spec.Containers.Single();
        var settings = Settings(deployment);
        await using var app = await TestApp.StartAsync([
            .. settings
                .Where(setting => setting.Key is not ("Urls" or "DataDirectory"))
                .Select(setting => $"--{setting.Key}={setting.Value}"),
        ]);
        using var browser = app.Open();

        foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, probe));
        var stop = container.Lifecycle.PreStop.Exec.Command;
        Assert.Equal(["dotnet", "KlaviyoExport.Web.dll"], stop.Take(2));
        Assert.Equal(settings["Urls"].Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal), stop[^1]);
        var drained = await ConsoleRun.OfAsync([.. stop.Skip(2).SkipLast(1), app.Address.ToString()]);

        Assert.Equal((0, ""), (drained.Code, drained.Error));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, container.LivenessProbe));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(browser, container.ReadinessProbe));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_server_may_take_as_long_to_stop_as_the_host_waits_for_it(string file)
    {
        var pod = (await Manifest.DeployedAsync(file)).One<V1Deployment>().Spec.Template.Spec;
        var host = new Microsoft.Extensions.Hosting.HostOptions().ShutdownTimeout;

        // The command before the stop waits ten seconds for the server's answer.
        Assert.True(pod.TerminationGracePeriodSeconds >= host.TotalSeconds + 10);
    }

    private static Dictionary<string, string> Settings(V1DeploymentSpec deployment) =>
        deployment
            .Template.Spec.Containers.Single()
            .Env.ToDictionary(variable => variable.Name.Replace("__", ":", StringComparison.Ordinal), variable => variable.Value);

    private static async Task<HttpStatusCode> StatusAsync(Browser browser, V1Probe probe)
    {
        using var response = await browser.GetAsync(probe.HttpGet.Path);
        return response.StatusCode;
    }
}
