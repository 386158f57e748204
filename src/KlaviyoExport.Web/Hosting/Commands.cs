using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// The commands that the application runs instead of the server: <c>migrate</c>, <c>health</c>, <c>drain</c> and <c>resume</c>. The command
/// is the first argument.
/// </summary>
internal static class Commands
{
    private static readonly string[] Known = ["migrate", "health", "drain", "resume"];

    /// <summary>Returns the command. Null when the first argument is not a command.</summary>
    public static string? In(string[] args) => args is [var first, ..] && Known.Contains(first, StringComparer.Ordinal) ? first : null;

    public static async Task<int> RunAsync(string command, string[] settings, TextWriter output) =>
        command switch
        {
            "migrate" => await MigrateAsync(settings, output),
            "health" => await AskAsync(HttpMethod.Get, "/health/ready", settings, output),
            "drain" => await AskAsync(HttpMethod.Put, HealthRoutes.Drain, settings, output),
            _ => await AskAsync(HttpMethod.Delete, HealthRoutes.Drain, settings, output),
        };

    /// <summary>Migrates the store to the current schema.</summary>
    private static async Task<int> MigrateAsync(string[] settings, TextWriter output)
    {
        var builder = Host.CreateApplicationBuilder(
            new HostApplicationBuilderSettings { Args = settings, ContentRootPath = ContentRoot.Find() }
        );
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System).AddData(builder.Configuration, builder.Environment.ContentRootPath).AddCluster();
        using var host = builder.Build();
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        await ActivatorUtilities.CreateInstance<StoreMigration>(host.Services).StartingAsync(CancellationToken.None);
        await output.WriteLineAsync("The store is up to date.");
        return 0;
    }

    /// <summary>
    /// Sends a request to the application on this machine, at the address after the command or at <see cref="Addresses.Default"/>.
    /// </summary>
    private static async Task<int> AskAsync(HttpMethod method, string path, string[] settings, TextWriter output)
    {
        var address = settings is [var first, ..] && Uri.IsWellFormedUriString(first, UriKind.Absolute) ? first : Addresses.Default;
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(10) };
            using var request = new HttpRequestMessage(method, path);
            using var answer = await client.SendAsync(request);
            await output.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            await output.WriteLineAsync($"{address} does not answer: {fault.Message}");
            return 1;
        }
    }
}
