using System.Runtime.CompilerServices;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Data;

public class BulkUpsertTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(1));
    private static readonly Dictionary<string, BulkMerge> ReplaceAll = [];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_rows_are_inserted_with_all_values_as_SaveChanges_would_store_them()
    {
        await using var store = await TestStore.CreateAsync();
        await using (var db = await store.OpenAsync())
        {
            await db.UpsertAsync([Full(1), Full(2)], ReplaceAll, Cancel);
            db.Add(Full(3));
            await db.SaveChangesAsync(Cancel);
        }

        await using var after = await store.OpenAsync();
        var rows = await after.Set<RefreshTask>().OrderBy(row => row.Id).ToListAsync(Cancel);
        Assert.Equivalent(new[] { Full(1), Full(2), Full(3) }, rows, strict: true);
        Assert.Equal(
            3,
            await after
                .Set<RefreshTask>()
                .CountAsync(row => row.State == RefreshTaskState.Processing && row.StartedAt == Noon && row.Count == 5, Cancel)
        );
    }

    [Fact]
    public async Task Existing_rows_are_updated_and_others_stay_as_they_are()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await db.UpsertAsync([Full(1), Full(2)], ReplaceAll, Cancel);

        await db.UpsertAsync([Empty(2), Empty(3)], ReplaceAll, Cancel);

        Assert.Equivalent(
            new[] { Full(1), Empty(2), Empty(3) },
            await db.Set<RefreshTask>().OrderBy(row => row.Id).ToListAsync(Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task A_kept_property_keeps_its_value_even_if_it_is_null()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await db.UpsertAsync([Full(1), Empty(2)], ReplaceAll, Cancel);
        Dictionary<string, BulkMerge> merge = new()
        {
            [nameof(RefreshTask.Count)] = BulkMerge.Keep,
            [nameof(RefreshTask.State)] = BulkMerge.Keep,
        };

        await db.UpsertAsync([Empty(1), Full(2), Full(3)], merge, Cancel);

        var (first, second, third) = (Empty(1), Full(2), Full(3));
        (first.Count, first.State) = (Full(1).Count, Full(1).State);
        (second.Count, second.State) = (Empty(2).Count, Empty(2).State);
        Assert.Equivalent(
            new[] { first, second, third },
            await db.Set<RefreshTask>().OrderBy(row => row.Id).ToListAsync(Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task A_property_that_is_kept_unless_null_is_replaced_only_where_it_is_null()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await db.UpsertAsync([Full(1), Empty(2), Full(3)], ReplaceAll, Cancel);
        Dictionary<string, BulkMerge> merge = new() { [nameof(RefreshTask.StartedAt)] = BulkMerge.KeepUnlessNull };
        var (later, set, none) = (Full(1), Full(2), Empty(3));
        later.StartedAt = Noon.AddDays(1);

        await db.UpsertAsync([later, set, none], merge, Cancel);

        Assert.Equal(
            [Noon, Noon, Noon],
            await db.Set<RefreshTask>().OrderBy(row => row.Id).Select(row => row.StartedAt!.Value).ToListAsync(Cancel)
        );
        Assert.Equal(1, await db.Set<RefreshTask>().CountAsync(row => row.Count == null, Cancel));
    }

    [Fact]
    public async Task Existing_rows_stay_as_they_are_when_every_property_is_kept()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await db.UpsertAsync([ClaimOf("a", 1)], ReplaceAll, Cancel);
        var merge = db
            .Model.FindEntityType(typeof(RunClaim))!
            .GetProperties()
            .Select(property => property.Name)
            .Where(name => name != nameof(RunClaim.AccountId))
            .ToDictionary(name => name, _ => BulkMerge.Keep);

        await db.UpsertAsync([ClaimOf("a", 2), ClaimOf("b", 2)], merge, Cancel);

        Assert.Equivalent(
            new[] { ClaimOf("a", 1), ClaimOf("b", 2) },
            await db.Set<RunClaim>().OrderBy(row => row.AccountId).ToListAsync(Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task A_composite_key_with_bytes_identifies_a_row()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        var (one, two) = (await AddExportAsync(db, "One"), await AddExportAsync(db, "Two"));
        await db.UpsertAsync([MembershipOf(one, 1, email: [7]), MembershipOf(two, 1, email: null)], ReplaceAll, Cancel);
        Dictionary<string, BulkMerge> merge = new() { [nameof(Membership.Email)] = BulkMerge.KeepUnlessNull };

        await db.UpsertAsync([MembershipOf(one, 1, [8]), MembershipOf(two, 1, [8]), MembershipOf(two, 2, [8])], merge, Cancel);

        Assert.Equal(
            [(one, 1, 7), (two, 1, 8), (two, 2, 8)],
            (await db.Set<Membership>().ToListAsync(Cancel))
                .Select(row => (row.ExportId, (int)row.EmailHash[0], (int)row.Email![0]))
                .Order()
        );
    }

    [Fact]
    public async Task A_constraint_refuses_all_rows_of_a_call()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        var one = await AddExportAsync(db, "One");

        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            db.UpsertAsync([MembershipOf(one, 1, null), WithoutFingerprint(one)], ReplaceAll, Cancel)
        );

        Assert.Empty(await db.Set<Membership>().ToListAsync(Cancel));
    }

    [Fact]
    public async Task A_rollback_of_the_callers_transaction_takes_the_rows_back()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await db.UpsertAsync([Full(1)], ReplaceAll, Cancel);

        await using (var transaction = await db.Database.BeginTransactionAsync(Cancel))
        {
            await db.UpsertAsync([Empty(1), Empty(2)], ReplaceAll, Cancel);
            Assert.Equal(2, await db.Set<RefreshTask>().CountAsync(row => row.Count == null, Cancel));
            await transaction.RollbackAsync(Cancel);
        }

        Assert.Equivalent(new[] { Full(1) }, await db.Set<RefreshTask>().ToListAsync(Cancel), strict: true);
    }

    [Fact]
    public async Task One_transaction_may_make_several_calls()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();

        await using (var transaction = await db.Database.BeginTransactionAsync(Cancel))
        {
            await db.UpsertAsync([Full(1), Full(2)], ReplaceAll, Cancel);
            await db.UpsertAsync([Empty(2), Empty(3)], ReplaceAll, Cancel);
            await db.UpsertAsync([ClaimOf("a", 1)], ReplaceAll, Cancel);
            await transaction.CommitAsync(Cancel);
        }

        await using var after = await store.OpenAsync();
        Assert.Equal([5L, null, null], await after.Set<RefreshTask>().OrderBy(row => row.Id).Select(row => row.Count).ToListAsync(Cancel));
        Assert.Equal(1, await after.Set<RunClaim>().CountAsync(Cancel));
    }

    [Fact]
    public async Task No_rows_change_nothing()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();

        await db.UpsertAsync<RefreshTask>([], ReplaceAll, Cancel);

        Assert.Equal(0, await db.Set<RefreshTask>().CountAsync(Cancel));
    }

    [Fact]
    public async Task A_canceled_call_leaves_nothing_behind()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        using var canceling = new CancellationTokenSource();
        var rows = new CancelingRows(canceling);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => db.UpsertAsync(rows, ReplaceAll, canceling.Token));
        Assert.Null(db.Database.CurrentTransaction);
        Assert.Equal(0, await db.Set<RefreshTask>().CountAsync(Cancel));

        await using (var transaction = await db.Database.BeginTransactionAsync(Cancel))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => db.UpsertAsync(rows, ReplaceAll, canceling.Token));
            await transaction.RollbackAsync(Cancel);
        }
        await db.UpsertAsync([Full(1)], ReplaceAll, Cancel);
        Assert.Equal(1, await db.Set<RefreshTask>().CountAsync(Cancel));
    }

    [Fact]
    public async Task The_store_generates_the_keys_of_inserted_rows()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        db.Add(Full(0));
        await db.SaveChangesAsync(Cancel);
        var first = await db.Set<RefreshTask>().Select(row => row.Id).SingleAsync(Cancel);

        await db.InsertAsync([Empty(0), Empty(0), Empty(first)], Cancel);
        db.Add(Full(0));
        await db.SaveChangesAsync(Cancel);

        Assert.Equal(
            [(first, 5), (first + 1, null), (first + 2, null), (first + 3, null), (first + 4, 5L)],
            (await db.Set<RefreshTask>().AsNoTracking().OrderBy(row => row.Id).ToListAsync(Cancel)).Select(row => (row.Id, row.Count))
        );
    }

    [Fact]
    public async Task An_update_changes_the_named_properties_of_the_rows_that_exist()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        await db.UpsertAsync([Full(1), Full(2)], ReplaceAll, Cancel);
        var (renamed, unknown) = (Empty(2), Empty(3));
        (renamed.Name, renamed.State) = ("Newsletter", RefreshTaskState.Processing);

        await db.UpdateAsync([renamed, unknown], [nameof(RefreshTask.Name), nameof(RefreshTask.Count)], Cancel);

        var expected = Full(2);
        (expected.Name, expected.Count) = ("Newsletter", null);
        Assert.Equivalent(
            new[] { Full(1), expected },
            await db.Set<RefreshTask>().OrderBy(row => row.Id).ToListAsync(Cancel),
            strict: true
        );
    }

    [Fact]
    public async Task An_update_finds_rows_by_a_composite_key_with_bytes()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        var (one, two) = (await AddExportAsync(db, "One"), await AddExportAsync(db, "Two"));
        await db.UpsertAsync([MembershipOf(one, 1, [7]), MembershipOf(one, 2, [7]), MembershipOf(two, 1, [7])], ReplaceAll, Cancel);

        await db.UpdateAsync([MembershipOf(one, 1, [8]), MembershipOf(one, 3, [8])], [nameof(Membership.Email)], Cancel);

        Assert.Equal(
            [(one, 1, 8), (one, 2, 7), (two, 1, 7)],
            (await db.Set<Membership>().ToListAsync(Cancel))
                .Select(row => (row.ExportId, (int)row.EmailHash[0], (int)row.Email![0]))
                .Order()
        );
    }

    [Fact]
    public async Task A_value_that_changes_back_and_forth_between_rows_is_stored_with_each_row()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();

        await db.InsertAsync([Empty(0), Full(0), Full(0), Empty(0), Full(0)], Cancel);

        Assert.Equal(
            [(null, false), (5L, true), (5L, true), (null, false), (5L, true)],
            (await db.Set<RefreshTask>().OrderBy(row => row.Id).ToListAsync(Cancel)).Select(row => (row.Count, row.StartedAt == Noon))
        );
    }

    [Theory]
    [InlineData(nameof(RefreshTask.Id))]
    [InlineData("Nothing")]
    public async Task Only_properties_outside_the_key_can_be_merged(string property)
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();
        Dictionary<string, BulkMerge> merge = new() { [property] = BulkMerge.Keep };

        await Assert.ThrowsAsync<ArgumentException>(() => db.UpsertAsync([Full(1)], merge, Cancel));
    }

    [Fact]
    public async Task An_entity_with_more_than_scalar_properties_is_refused()
    {
        await using var store = await TestStore.CreateAsync();
        await using var db = await store.OpenAsync();

        await Assert.ThrowsAsync<NotSupportedException>(() => db.UpsertAsync<Run>([], ReplaceAll, Cancel));
        await Assert.ThrowsAsync<NotSupportedException>(() => db.UpsertAsync<StrongBox<int>>([], ReplaceAll, Cancel));
    }

    private static RefreshTask Full(int id) =>
        new()
        {
            Id = id,
            Kind = RefreshTaskKind.Segment,
            SubjectId = 4,
            Name = "Билтен",
            State = RefreshTaskState.Processing,
            StartedAt = Noon,
            FinishedAt = Noon.AddTicks(10),
            Count = 5,
            Outcome = new LocalizedMessage("Data.Conflict"),
            CancelRequestedBy = "Ana",
            RunId = 6,
        };

    private static RefreshTask Empty(int id) => new() { Id = id, Name = "" };

    private static RunClaim ClaimOf(string account, int run) =>
        new()
        {
            AccountId = account,
            RunId = run,
            Holder = new Guid(run, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
            Node = "n",
            At = Noon,
        };

    private static Membership WithoutFingerprint(int export)
    {
        var row = MembershipOf(export, 2, null);
        row.Fingerprint = null!;
        return row;
    }

    private static Membership MembershipOf(int export, byte hash, byte[]? email) =>
        new()
        {
            ExportId = export,
            EmailHash = [hash, .. new byte[15]],
            Fingerprint = new byte[16],
            Email = email,
        };

    private static async Task<int> AddExportAsync(AppDb db, string name)
    {
        var export = new Export
        {
            Name = name,
            ListId = "L",
            ListName = "L",
            EmailField = "email",
            CreatedBy = "a",
            Source = new()
            {
                Name = name,
                Location = "/x.csv",
                KeyColumns = ["id"],
                CreatedBy = "a",
            },
            Connection = new Connection
            {
                Name = name,
                AccountId = name,
                AccountName = "A",
                ApiKey = [],
                ApiKeyEnding = "",
                ConsentBy = "a",
                CreatedBy = "a",
            },
        };
        db.Add(export);
        await db.SaveChangesAsync(Cancel);
        return export.Id;
    }

    /// <summary>Cancels when half of the rows have been read.</summary>
    private sealed class CancelingRows(CancellationTokenSource canceling) : IReadOnlyCollection<RefreshTask>
    {
        public int Count => 1_000;

        public IEnumerator<RefreshTask> GetEnumerator()
        {
            for (var id = 1; id <= Count; id++)
            {
                if (id == Count / 2)
                    canceling.Cancel();
                yield return Full(id);
            }
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
