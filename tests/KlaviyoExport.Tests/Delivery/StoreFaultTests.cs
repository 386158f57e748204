using System.Data.Common;
using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>
/// The rows of docs/delivery.md about a store that is full, locked or unavailable. Each fault happens while a run polls a job.
/// </summary>
public sealed class StoreFaultTests
{
    private const int Refused = 600;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_waits_for_a_full_store_and_continues_when_there_is_space()
    {
        var store = new Store();
        await using var bench = await CreateAsync(store);
        var (id, execution) = await FollowsAsync(bench);

        // A few pages are left: enough for a line of the timeline, not for six hundred rejections.
        await using (var db = await bench.Product.OpenAsync())
            store.MaxPages =
                await db.Database.SqlQueryRaw<long>("SELECT page_count AS Value FROM pragma_page_count").SingleAsync(Cancel) + 6;
        bench.Sandbox.Faults.Clear();
        Assert.NotNull(await execution);
        await bench.WaitsAsync(await bench.FindAsync(id), "Delivery.StoreFault");
        store.MaxPages = null;

        await IsExactAsync(bench, await bench.GoOnAsync(id));
    }

    [Fact, Trait(Needs.Trait, Needs.Time)]
    public async Task Work_continues_when_a_locked_store_is_free()
    {
        var store = new Store();
        await using var bench = await CreateAsync(store);
        var (id, execution) = await FollowsAsync(bench);
        await using (
            var other = new SqliteConnection($"Data Source={Path.Combine(bench.Product.DataDirectory, "klaviyo-export.db")};Pooling=False")
        )
        {
            await other.OpenAsync(Cancel);
            await using var locking = other.CreateCommand();
            locking.CommandText = "BEGIN IMMEDIATE";
            await locking.ExecuteNonQueryAsync(Cancel);
            bench.Sandbox.Faults.Clear();

            // The failure itself cannot be stored, so the caller must get the exception.
            await Assert.ThrowsAnyAsync<Exception>(() => execution);
        }

        Assert.Equal(RunState.Confirming, (await bench.FindAsync(id)).State);
        await IsExactAsync(bench, await bench.GoOnAsync(id));
    }

    [Fact]
    public async Task Work_continues_when_an_unavailable_store_is_back()
    {
        await using var bench = await CreateAsync(new Store());
        var (id, execution) = await FollowsAsync(bench);
        var away = bench.Product.DataDirectory + ".away";
        Directory.Move(bench.Product.DataDirectory, away);
        SqliteConnection.ClearAllPools();

        bench.Sandbox.Faults.Clear();
        await Assert.ThrowsAnyAsync<Exception>(() => execution);
        if (Directory.Exists(bench.Product.DataDirectory))
            Directory.Delete(bench.Product.DataDirectory, recursive: true);
        SqliteConnection.ClearAllPools();
        Directory.Move(away, bench.Product.DataDirectory);

        await IsExactAsync(bench, await bench.GoOnAsync(id));
    }

    [Fact]
    public async Task People_who_were_stored_when_the_store_failed_are_known_once_when_their_batch_is_confirmed()
    {
        var store = new Store();
        await using var bench = await CreateAsync(store);
        var (id, execution) = await FollowsAsync(bench);

        store.FailsAt = "UPDATE \"Batches\"";
        bench.Sandbox.Faults.Clear();
        Assert.NotNull(await execution);
        await bench.WaitsAsync(await bench.FindAsync(id), "Delivery.StoreFault");
        Assert.Equal((10, BatchState.Sent, 0), await StoredAsync(bench));
        store.FailsAt = null;

        await IsExactAsync(bench, await bench.GoOnAsync(id));
        Assert.Equal((10, BatchState.Confirmed, Refused), await StoredAsync(bench));
    }

    [Fact]
    public async Task A_fault_in_the_moment_in_which_the_process_stops_leaves_the_run_to_the_next_start()
    {
        using var stop = new CancellationTokenSource();
        var store = new Store { OnFailure = stop.Cancel };
        await using var bench = await CreateAsync(store);
        var id = await bench.QueueAsync();

        store.FailsAt = "INSERT INTO \"Batches\"";
        var stopped = await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            bench.Product.Get<RunExecution>().RunAsync(id, stop.Token)
        );
        Assert.NotNull(stopped.InnerException);
        var resting = await bench.FindAsync(id);
        Assert.Equal((RunState.Preparing, 0), (resting.State, resting.Retries));
        store.FailsAt = null;

        await IsExactAsync(bench, await bench.GoOnAsync(id));
    }

    private static async Task<(int People, BatchState Batch, int Rejections)> StoredAsync(Workbench bench)
    {
        await using var db = await bench.Product.OpenAsync();
        return (
            await db.Set<Membership>().CountAsync(Cancel),
            (await db.Set<Batch>().SingleAsync(Cancel)).State,
            await db.Set<Rejection>().CountAsync(Cancel)
        );
    }

    private static Task<Workbench> CreateAsync(Store store) =>
        Workbench.CreateAsync(
            Customer
                .Many(10)
                .Concat(Enumerable.Range(0, Refused).Select(number => new Customer($"f{number}", $"f{number}@async-fail.example", "F"))),
            configure: services => services.ConfigureDbContext<SqliteAppDb>(options => options.AddInterceptors(store, store.Commands))
        );

    /// <summary>A run that polls its one job, which does not advance until the faults are removed.</summary>
    private static async Task<(int Id, Task<DateTimeOffset?> Execution)> FollowsAsync(Workbench bench)
    {
        bench.Sandbox.Faults.Add(new Fault(FaultKind.JobStuck) { Times = 1 });
        var run = await bench.BeginAsync();
        await Patience.UntilAsync(async () =>
            bench.Sandbox.State.Requests.Any(request => request.Method == "GET")
            && (await bench.FindAsync(run.Id)).State == RunState.Confirming
        );
        return run;
    }

    private static async Task IsExactAsync(Workbench bench, Run run)
    {
        await bench.EndedAsync(run, RunState.CompletedWithWarnings, "Delivery.WithRefusals", accepted: 10, refused: Refused);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(Refused, await db.Set<Rejection>().Select(rejection => rejection.ProfileKey).Distinct().CountAsync(Cancel));
        Assert.Equal(Refused, await db.Set<Rejection>().CountAsync(Cancel));
        Assert.Equal(10, bench.OnList().Count);
        Assert.Single(bench.Sandbox.State.Jobs());
    }

    /// <summary>A store with limited space and a short busy time-out, which can fail at a command.</summary>
    private sealed class Store : DbConnectionInterceptor
    {
        private readonly Impatience _commands = new();

        public long? MaxPages { get; set; }

        /// <summary>A part of the commands that fail. Null for none.</summary>
        public string? FailsAt
        {
            set => _commands.FailsAt = value;
        }

        /// <summary>Called right before a command fails.</summary>
        public Action? OnFailure
        {
            init => _commands.OnFailure = value;
        }

        public IInterceptor Commands => _commands;

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            ((SqliteConnection)connection).DefaultTimeout = 1;
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA busy_timeout = 100; PRAGMA max_page_count = {MaxPages ?? 4_294_967_294}";
            command.ExecuteNonQuery();
        }

        public override Task ConnectionOpenedAsync(
            DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            ConnectionOpened(connection, eventData);
            return Task.CompletedTask;
        }

        private sealed class Impatience : DbCommandInterceptor
        {
            public string? FailsAt { get; set; }

            public Action? OnFailure { get; set; }

            public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
                DbCommand command,
                CommandEventData eventData,
                InterceptionResult<DbDataReader> result,
                CancellationToken cancellationToken = default
            )
            {
                if (FailsAt is not { } part || !command.CommandText.Contains(part, StringComparison.Ordinal))
                    return ValueTask.FromResult(result);
                OnFailure?.Invoke();
                throw new SqliteException("disk I/O error", SQLitePCL.raw.SQLITE_IOERR);
            }

            public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
            {
                result.CommandTimeout = 1;
                return result;
            }
        }
    }
}
