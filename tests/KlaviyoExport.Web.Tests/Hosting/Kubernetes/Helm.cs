using KlaviyoExport.Tests;

namespace KlaviyoExport.Web.Tests.Hosting.Kubernetes;

/// <summary>The real Helm, with the chart in deploy/helm. Nothing here asks a cluster.</summary>
internal static class Helm
{
    public const string Chart = "klaviyo-export";

    public static readonly string Folder = Path.Combine(Repository.Root, "deploy", "helm");

    private static readonly string? Program = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_HELM");

    /// <summary>Renders the chart as <c>helm install</c> would install it, as a release with the name of the chart.</summary>
    /// <param name="values">Arguments such as <c>--set replicas=3</c>, each word of its own.</param>
    public static async Task<string> TemplateAsync(params string[] values)
    {
        var run = await RunAsync(["template", Chart, Chart, .. values]);
        Assert.True(run.Code == 0, run.Error);
        return run.Output;
    }

    /// <summary>Runs Helm in the folder of the chart. Skips the test where there is no Helm.</summary>
    public static Task<ProgramRun> RunAsync(params string[] arguments)
    {
        Assert.SkipWhen(Program is null, "KLAVIYOEXPORT_TEST_HELM is not the path of Helm; ./test.sh installs it.");
        return ProgramRun.OfAsync(Program, Folder, arguments);
    }
}
