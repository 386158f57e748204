using System.Globalization;
using System.Net;
using KlaviyoExport.Web.Console.Configuration;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>A running server, called over its HTTP API with the permissions of a token.</summary>
internal sealed class ServerInstallation(ApiClient api, bool isWatched, TimeProvider clock) : Installation
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(20);

    public override async Task<RunReport> StartAsync(string export, CancellationToken cancellationToken) =>
        await api.StartAsync(await IdOfAsync(export, cancellationToken), cancellationToken);

    /// <summary>
    /// Reads the run until it is at rest. While the server cannot be reached, for example because it restarts, it tries again.
    /// </summary>
    public override async Task<RunReport> FollowAsync(int runId, Action<RunReport> report, CancellationToken cancellationToken)
    {
        var pause = Look;
        while (true)
        {
            try
            {
                // Without a progress bar, one request can wait for long.
                var run = await api.RunAsync(runId, isWatched ? null : LongestWait, cancellationToken);
                report(run);
                if (run.IsAtRest)
                    return run;
                pause = Look;
            }
            catch (Exception fault) when (fault is HttpRequestException or ApiRefusedException { IsTransient: true })
            {
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    public override Task<RunReport> FindAsync(int runId, CancellationToken cancellationToken) =>
        api.RunAsync(runId, null, cancellationToken);

    public override Task<StatusReport> StatusAsync(CancellationToken cancellationToken) => api.StatusAsync(cancellationToken);

    public override async Task<IReadOnlyList<RunReport>> RunsAsync(string? export, int take, CancellationToken cancellationToken) =>
        [
            .. (
                await api.RunsAsync(export is null ? null : await IdOfAsync(export, cancellationToken), take, cancellationToken)
            ).Items.Take(take),
        ];

    public override Task<string> ExportConfigurationAsync(CancellationToken cancellationToken) => api.ConfigurationAsync(cancellationToken);

    public override Task<PlanReport> PlanAsync(string text, CancellationToken cancellationToken) =>
        api.ConfigureAsync<PlanReport>("configuration/plan", text, cancellationToken);

    public override Task<ApplyReport> ApplyAsync(string text, bool prune, string state, CancellationToken cancellationToken) =>
        api.ConfigureAsync<ApplyReport>(
            $"configuration/apply?prune={(prune ? "true" : "false")}&state={Uri.EscapeDataString(state)}",
            text,
            cancellationToken
        );

    public override ValueTask DisposeAsync()
    {
        api.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<int> IdOfAsync(string export, CancellationToken cancellationToken)
    {
        var found = (await api.ExportsAsync(export, cancellationToken)).Items;
        if (found.FirstOrDefault(known => known.Name == export) is { } named)
            return named.Id;
        if (found.FirstOrDefault(known => known.Name.Equals(export, StringComparison.OrdinalIgnoreCase)) is { } similar)
            return similar.Id;
        if (!int.TryParse(export, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            throw NoSuchExport(export);
        try
        {
            return (await api.ExportAsync(id, cancellationToken)).Id;
        }
        catch (ApiRefusedException refused) when (refused.Status == HttpStatusCode.NotFound)
        {
            throw NoSuchExport(export);
        }
    }
}
