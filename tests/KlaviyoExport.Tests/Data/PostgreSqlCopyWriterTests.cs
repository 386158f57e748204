using KlaviyoExport.Data;
using KlaviyoExport.Lists;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Tests.Data;

[Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
public class PostgreSqlCopyWriterTests
{
    private static readonly Dictionary<string, BulkMerge> ReplaceAll = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks_during_a_copy_is_a_fault_of_the_store(bool isNew)
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await using var killer = await store.OpenAsync();
        await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
        var rows = Rows(200_000, at: 20_000, () => Kill(killer, ((NpgsqlConnection)db.Database.GetDbConnection()).ProcessID));

        var fault = await Record.ExceptionAsync(() => isNew ? db.InsertAsync(rows, Cancel) : db.UpsertAsync(rows, ReplaceAll, Cancel));

        Assert.True(StoreFaults.IsTransient(Assert.IsType<Exception>(fault, exactMatch: false)), fault.ToString());
    }

    [Fact]
    public async Task An_exception_of_the_rows_is_not_masked_and_nothing_is_copied()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        var rows = Rows(50_000, at: 40_000, () => throw new InvalidDataException("mine"));

        await Assert.ThrowsAsync<InvalidDataException>(() => db.InsertAsync(rows, Cancel));

        Assert.Equal(0, await db.Set<Membership>().CountAsync(Cancel));
        await db.InsertAsync([Row(1)], Cancel);
        Assert.True(StoreFaults.IsTransient((await Record.ExceptionAsync(() => db.InsertAsync([Row(1)], Cancel)))!));
        Assert.Equal(1, await db.Set<Membership>().CountAsync(Cancel));
    }

    [Fact]
    public async Task A_copy_canceled_at_any_time_ends_as_canceled_and_copies_nothing()
    {
        await using var store = await TestStore.CreateAsync();
        for (var round = 0; round < 60; round++)
        {
            await using var db = await store.OpenAsync();
            using var canceling = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var (at, delay) = (round * 300, round % 3);
            var rows = Rows(20_000, at, () => canceling.CancelAfter(delay));

            var fault = await Record.ExceptionAsync(() => db.UpsertAsync(rows, ReplaceAll, canceling.Token));

            Assert.True(fault is null or OperationCanceledException, fault?.ToString());
            Assert.Equal(fault is null ? 20_000 : 0, await db.Set<Membership>().ExecuteDeleteAsync(Cancel));
        }
    }

    private static IEnumerable<Membership> Rows(int count, int at, Action happens)
    {
        for (var id = 0; id < count; id++)
        {
            if (id == at)
                happens();
            yield return Row(id);
        }
    }

    private static Membership Row(int id)
    {
        var hash = new byte[16];
        BitConverter.TryWriteBytes(hash, id);
        return new Membership
        {
            ExportId = 1,
            EmailHash = hash,
            Fingerprint = new byte[16],
            Email = new byte[60],
            FirstFrom = DateTimeOffset.UnixEpoch,
        };
    }

    private static void Kill(AppDb killer, int process)
    {
        killer.Database.ExecuteSql($"SELECT pg_terminate_backend({process})");
        while (killer.Database.SqlQuery<int>($"SELECT pid AS \"Value\" FROM pg_stat_activity WHERE pid = {process}").Any())
            Thread.Yield();
    }
}
