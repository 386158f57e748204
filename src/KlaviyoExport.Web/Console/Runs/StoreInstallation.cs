using System.Text.Json;
using System.Text.Json.Serialization;
using KlaviyoExport.Cluster;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Data;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Web.Console.Configuration;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>The store and the data directory on this machine. Runs are executed in this process, while no server runs.</summary>
internal sealed class StoreInstallation : Installation
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private static readonly JsonSerializerOptions ApiShape = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private static readonly Actor SystemFromConsole = Actor.System with { From = Actor.Console.From };

    private readonly WebApplication _app;
    private DirectoryLock? _lock;

    private StoreInstallation(WebApplication app) => _app = app;

    /// <exception cref="StoreFaultException">The store has another version.</exception>
    public static async Task<StoreInstallation> OpenAsync(string[] settings, CancellationToken cancellationToken)
    {
        var installation = new StoreInstallation(ConsoleHost.Build(settings));
        try
        {
            await using var db = await installation.OpenStoreAsync(cancellationToken);
            (await StoreVersion.ReadAsync(db, cancellationToken)).DemandCurrent();
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    public override async Task<RunReport> StartAsync(string export, CancellationToken cancellationToken)
    {
        if (Get<Node>().HasOthers)
            throw new CommandFaultException(
                "Cluster:Enabled is true: only a server can run an export. Set --server and --token-file.",
                ExitCode.Refused
            );
        _lock ??= _app.Lock("Run the export on the server, with --server and --token-file, or stop the server.");
        return await FindAsync(
            await Get<OfflineRuns>().StartAsync(await IdOfAsync(export, cancellationToken), cancellationToken),
            cancellationToken
        );
    }

    public override async Task<RunReport> FollowAsync(int runId, Action<RunReport> report, CancellationToken cancellationToken)
    {
        var execution = Get<OfflineRuns>().ExecuteAsync(runId, cancellationToken);
        using var timer = new PeriodicTimer(Look, Get<TimeProvider>());
        while (await Task.WhenAny(execution, timer.WaitForNextTickAsync(CancellationToken.None).AsTask()) != execution)
            report(await FindAsync(runId, CancellationToken.None));
        await execution;
        return await FindAsync(runId, cancellationToken);
    }

    public override async Task<RunReport> FindAsync(int runId, CancellationToken cancellationToken)
    {
        var view = await Get<RunQueries>().GetAsync(Actor.Console, runId, cancellationToken);
        return ReportOf(view.Run, view.ExportName, view.TimeLeft);
    }

    public override async Task<StatusReport> StatusAsync(CancellationToken cancellationToken)
    {
        var rows = await Get<StatusQueries>().ListAsync(Actor.Console, cancellationToken);
        return new StatusReport(Of(RefreshTaskKind.Export), Of(RefreshTaskKind.Source), Of(RefreshTaskKind.Segment));

        IReadOnlyList<StatusItem> Of(RefreshTaskKind kind) =>
            [
                .. rows.Where(row => row.Kind == kind)
                    .Select(row => new StatusItem(
                        row.Id,
                        row.Name,
                        NameOf(row.Status),
                        row.LastRunAt,
                        row.NextRunAt,
                        row.MissedAt,
                        row.Count,
                        row.Detail?.ToString(),
                        row.RunId,
                        row.Warning?.ToString()
                    )),
            ];
    }

    public override async Task<IReadOnlyList<RunReport>> RunsAsync(string? export, int take, CancellationToken cancellationToken)
    {
        var query = new RunQuery { ExportId = export is null ? null : await IdOfAsync(export, cancellationToken), PageSize = take };
        var page = await Get<RunQueries>().PageAsync(Actor.Console, query, cancellationToken);
        return [.. page.Rows.Select(row => ReportOf(row.Run, row.ExportName, null))];
    }

    public override Task<string> ExportConfigurationAsync(CancellationToken cancellationToken) =>
        Get<ConfigurationFileService>().ExportAsync(SystemFromConsole, cancellationToken);

    public override async Task<PlanReport> PlanAsync(string text, CancellationToken cancellationToken) =>
        Shape<PlanReport>(await ConfigureAsync(files => files.PlanAsync(SystemFromConsole, text, cancellationToken)));

    public override async Task<ApplyReport> ApplyAsync(string text, bool prune, string state, CancellationToken cancellationToken)
    {
        // A running server would not learn of changed schedules.
        _lock ??= _app.Lock("Apply the file on the server, with --server and --token-file, or stop the server.");
        var options = new ApplyOptions { Prune = prune, ExpectedState = state };
        return Shape<ApplyReport>(await ConfigureAsync(files => files.ApplyAsync(SystemFromConsole, text, options, cancellationToken)));
    }

    public override async ValueTask DisposeAsync()
    {
        // Without the lock, nothing was written.
        if (_lock is not null)
            await _app.SealAuditAsync();
        await _app.DisposeAsync();
        _lock?.Dispose();
    }

    private async Task<T> ConfigureAsync<T>(Func<ConfigurationFileService, Task<T>> ask)
    {
        try
        {
            return await ask(Get<ConfigurationFileService>());
        }
        catch (ConfigurationInvalidException invalid)
        {
            throw new CommandFaultException(string.Join('\n', invalid.Faults), ExitCode.Refused);
        }
    }

    /// <summary>Returns a result as the HTTP API describes it.</summary>
    private static T Shape<T>(object result) => JsonSerializer.SerializeToElement(result, ApiShape).Deserialize<T>(ApiShape)!;

    private static RunReport ReportOf(RunFacts run, string export, TimeLeft? left) =>
        new(
            run.Id,
            run.ExportId,
            export,
            NameOf(run.State),
            run.State.IsFinal(),
            run.Outcome?.ToString(),
            run.QueuedAt,
            run.StartedAt,
            run.FinishedAt,
            run.State.Phase() == RunPhase.Working
                ? new RunProgressReport(NameOf(run.Stage), run.Done, run.Total, left?.Length.TotalSeconds)
                : null,
            JsonSerializer.SerializeToElement(run.Ledger, JsonSerializerOptions.Web)
        );

    private static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private async Task<int> IdOfAsync(string export, CancellationToken cancellationToken)
    {
        await using var db = await OpenStoreAsync(cancellationToken);
        var exports = await db.Set<Export>().Select(known => new { known.Id, known.Name }).ToListAsync(cancellationToken);
        var found =
            exports.Find(known => known.Name == export)
            ?? exports.Find(known => known.Name.Equals(export, StringComparison.OrdinalIgnoreCase))
            ?? exports.Find(known => int.TryParse(export, out var id) && known.Id == id);
        return found?.Id ?? throw NoSuchExport(export);
    }

    private Task<AppDb> OpenStoreAsync(CancellationToken cancellationToken) =>
        Get<IDbContextFactory<AppDb>>().CreateDbContextAsync(cancellationToken);

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();
}
