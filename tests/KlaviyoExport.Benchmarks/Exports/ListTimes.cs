using System.Diagnostics;
using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Benchmarks.Exports;

/// <summary>Measures the lists of the pages with a <see cref="LargeStore"/>. The goal is 200 ms for each list.</summary>
internal static class ListTimes
{
    private const int Times = 9;

    private static readonly Actor Administrator = new("a", "Ana", Role.Administrator);
    private static readonly Actor Contributor = new("c", "Carla", Role.Contributor);
    private static readonly Actor Viewer = new("v", "Vera", Role.Viewer);

    public static async Task RunAsync()
    {
        await using var store = await LargeStore.CreateAsync();
        var (exports, runs, rejections, home) = (
            store.Get<ExportQueries>(),
            store.Get<RunQueries>(),
            store.Get<RejectionService>(),
            store.Get<HomeQueries>()
        );
        foreach (var column in Enum.GetValues<ExportColumn>())
        {
            await TimeAsync($"exports by {column}", () => exports.PageAsync(Contributor, new ExportQuery { Sort = column }, default));
            await TimeAsync(
                $"exports by {column}, descending, page 40",
                () =>
                    exports.PageAsync(
                        Contributor,
                        new ExportQuery
                        {
                            Sort = column,
                            Descending = true,
                            Page = 40,
                        },
                        default
                    )
            );
        }
        await TimeAsync("exports, search", () => exports.PageAsync(Contributor, new ExportQuery { Search = "БИЛТЕН" }, default));
        await TimeAsync(
            "exports, search in vain",
            () => exports.PageAsync(Contributor, new ExportQuery { Search = "nothing has this" }, default)
        );
        await TimeAsync(
            "exports, failed",
            () =>
                exports.PageAsync(Contributor, new ExportQuery { State = RunState.FailedPermanent, Sort = ExportColumn.Refreshed }, default)
        );
        await TimeAsync("exports, 200 on a page", () => exports.PageAsync(Contributor, new ExportQuery { PageSize = 200 }, default));
        await TimeAsync("runs", () => runs.PageAsync(Contributor, new RunQuery(), default));
        await TimeAsync("runs, the last page", () => runs.PageAsync(Contributor, new RunQuery { Page = LargeStore.Runs / 25 }, default));
        await TimeAsync("runs, failed", () => runs.PageAsync(Contributor, new RunQuery { State = RunState.FailedPermanent }, default));
        await TimeAsync("runs, search", () => runs.PageAsync(Contributor, new RunQuery { Search = "билтен" }, default));
        await TimeAsync("runs of an export", () => runs.PageAsync(Contributor, new RunQuery { ExportId = 1_000 }, default));
        await TimeAsync("history of an export", () => runs.HistoryAsync(Contributor, 1_000, 30, default));
        await TimeAsync("a run with 100,000 rejections", () => runs.GetAsync(Contributor, LargeStore.LargestRunId, default));
        await TimeAsync("what changed since the run before", () => runs.ChangesAsync(Contributor, LargeStore.LargestRunId, default));
        await TimeAsync("rejections", () => rejections.ListAsync(Administrator, LargeStore.LargestRunId, new RejectionQuery(), default));
        await TimeAsync(
            "rejections, the last page",
            () => rejections.ListAsync(Administrator, LargeStore.LargestRunId, new RejectionQuery { Page = 4_000 }, default)
        );
        await TimeAsync(
            "rejections of a reason",
            () =>
                rejections.ListAsync(
                    Administrator,
                    LargeStore.LargestRunId,
                    new RejectionQuery { Reason = RejectionReason.Refused },
                    default
                )
        );
        await TimeAsync(
            "rejections, search",
            () => rejections.ListAsync(Viewer, LargeStore.LargestRunId, new RejectionQuery { Search = "C0123" }, default)
        );
        await TimeAsync(
            "rejections, search in 100,000 addresses",
            () => rejections.ListAsync(Administrator, LargeStore.LargestRunId, new RejectionQuery { Search = "c1234@" }, default)
        );
        await TimeAsync(
            "rejections of an ordinary run, search in addresses",
            () => rejections.ListAsync(Administrator, 4_001, new RejectionQuery { Search = "c4" }, default)
        );
        await TimeAsync("100,000 rejections as CSV", () => WriteAsync(rejections));
        await TimeAsync("home, needs attention", () => home.NeedsAttentionAsync(Viewer, 20, default));
        await TimeAsync("home, running now", () => home.RunningNowAsync(Viewer, 20, default));
        await TimeAsync("home, next runs", () => home.NextRunsAsync(Viewer, 20, default));
        await TimeAsync("home, last seven days", () => home.LastSevenDaysAsync(Viewer, default));
        await TimeAsync("home, exports at a glance", () => store.Get<ExportGlanceQueries>().ListAsync(Viewer, 20, default));
        await TimeAsync("home, use of the rate limits", () => store.Get<ConnectionUseQueries>().ListAsync(Administrator, 10, default));
        await TimeAsync("system status", () => store.Get<StatusQueries>().ListAsync(Administrator, default));
    }

    private static async Task<bool> WriteAsync(RejectionService rejections)
    {
        await rejections.WriteCsvAsync(Administrator, LargeStore.LargestRunId, null, Stream.Null, default);
        return true;
    }

    private static async Task TimeAsync<T>(string what, Func<Task<T>> ask)
    {
        var cold = await OnceAsync(ask);
        var warm = new List<double>();
        for (var time = 0; time < Times; time++)
            warm.Add(await OnceAsync(ask));
        warm.Sort();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what, -52} first {cold, 8:n1} ms   median {warm[Times / 2], 8:n1} ms   slowest {warm[^1], 8:n1} ms"
            )
        );
    }

    private static async Task<double> OnceAsync<T>(Func<Task<T>> ask)
    {
        var began = Stopwatch.GetTimestamp();
        await ask();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
