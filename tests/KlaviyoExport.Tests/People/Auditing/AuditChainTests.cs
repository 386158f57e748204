using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Tests.People.Auditing;

public class AuditChainTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_are_sealed_in_their_order_without_gaps_and_verify()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(3);
        await desk.WriteAsync(2);

        var entries = await desk.EntriesAsync();

        Assert.Equal([1, 2, 3, 4, 5], entries.Select(entry => (int)entry.Sequence!.Value));
        Assert.Equal(5, entries.Select(entry => Convert.ToHexString(entry.Hash!)).Distinct().Count());
        Assert.All(entries, entry => Assert.Equal("192.0.2.1", entry.From));
        var report = await desk.VerifyAsync();
        Assert.Equal((true, 5L, 0), (report.IsIntact, report.Sealed, report.Waiting));
    }

    [Theory]
    [InlineData("""UPDATE "AuditEntries" SET "ActorName" = 'Somebody' WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "ActorId" = 'vera' WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "From" = NULL WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "From" = '' WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "Action" = 'Exports.Removed' WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "Subject" = 'Other' WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "Subject" = NULL WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "SubjectId" = 30 WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "SubjectId" = NULL WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "Detail" = '["Exports.OfRun",4]' WHERE "Sequence" = 3""")]
    [InlineData("""UPDATE "AuditEntries" SET "Hash" = (SELECT "Hash" FROM "AuditMarks" WHERE "Name" = 'anchor') WHERE "Sequence" = 3""")]
    public async Task A_changed_entry_is_named(string sql)
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(5);

        await desk.TamperAsync(sql);

        Assert.StartsWith("Entry 3 was changed.", await desk.FaultsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_that_was_changed_by_a_microsecond_is_named()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(1);
        desk.Clock.Advance(TimeSpan.FromMicroseconds(1));
        await desk.WriteAsync(2);

        await desk.TamperAsync(
            """UPDATE "AuditEntries" SET "At" = (SELECT "At" FROM "AuditEntries" WHERE "Sequence" = 1) WHERE "Sequence" = 3"""
        );

        Assert.Equal("Entry 3 was changed.", await desk.FaultsAsync());
    }

    [Fact]
    public async Task Two_entries_that_change_places_are_named()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(4);

        await desk.TamperAsync("""UPDATE "AuditEntries" SET "Sequence" = 99 WHERE "Sequence" = 2""");
        await desk.TamperAsync("""UPDATE "AuditEntries" SET "Sequence" = 2 WHERE "Sequence" = 3""");
        await desk.TamperAsync("""UPDATE "AuditEntries" SET "Sequence" = 3 WHERE "Sequence" = 99""");

        Assert.Equal("Entry 2 was changed. Entry 3 was changed. Entry 4 was changed.", await desk.FaultsAsync());
    }

    [Theory]
    [InlineData("= 3", "Entry 3 was removed.")]
    [InlineData("IN (2, 3)", "Entries 2 to 3 were removed.")]
    [InlineData("= 1", "Entry 1 was removed.")]
    [InlineData("> 3", "Entries 4 to 5 were removed.")]
    [InlineData("> 0", "Entries 1 to 5 were removed.")]
    public async Task Removed_entries_are_named_also_at_both_ends(string which, string fault)
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(5);

        await desk.TamperAsync($"""DELETE FROM "AuditEntries" WHERE "Sequence" {which}""");

        Assert.Equal(fault, await desk.FaultsAsync());
        await desk.WriteAsync(2);
        Assert.Equal(fault, await desk.FaultsAsync());
    }

    [Fact]
    public async Task An_added_entry_is_named()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(3);
        await desk.AddAsync(1);

        await desk.TamperAsync(
            """UPDATE "AuditEntries" SET "Sequence" = 4, "Hash" = (SELECT "Hash" FROM "AuditMarks" WHERE "Name" = 'head') WHERE "Hash" IS NULL"""
        );

        Assert.Equal("Entry 4 was added by something else than the product.", await desk.FaultsAsync());
    }

    [Fact]
    public async Task Entries_that_are_unsealed_again_leave_a_gap_for_ever()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(5);

        await desk.TamperAsync("""UPDATE "AuditEntries" SET "Sequence" = NULL, "Hash" = NULL, "Subject" = 'Other' WHERE "Sequence" > 3""");
        await desk.SealAsync();

        Assert.Equal("Entries 4 to 5 were removed.", await desk.FaultsAsync());
    }

    [Theory]
    [InlineData("""UPDATE "AuditMarks" SET "Sequence" = 2 WHERE "Name" = 'head'""", AuditFaultKind.HeadChanged)]
    [InlineData("""DELETE FROM "AuditMarks" WHERE "Name" = 'head'""", AuditFaultKind.HeadChanged)]
    [InlineData("""UPDATE "AuditMarks" SET "Sequence" = 2 WHERE "Name" = 'anchor'""", AuditFaultKind.AnchorChanged)]
    [InlineData("""DELETE FROM "AuditMarks" WHERE "Name" = 'anchor'""", AuditFaultKind.AnchorChanged)]
    [InlineData("""UPDATE "AuditMarks" SET "Name" = 'other' WHERE "Name" = 'anchor'""", AuditFaultKind.AnchorChanged)]
    [InlineData("""DELETE FROM "InstallationKeys" WHERE "Name" = 'audit'""", AuditFaultKind.KeyMissing)]
    public async Task A_missing_key_and_moved_ends_are_told_and_nothing_more_is_sealed(string sql, AuditFaultKind kind)
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(3);

        await desk.TamperAsync(sql);
        await desk.WriteAsync(1);

        var report = await desk.VerifyAsync();
        Assert.Equal(kind, Assert.Single(report.Faults).Kind);
        Assert.Equal(1, report.Waiting);
    }

    [Fact]
    public async Task A_verification_during_the_first_sealing_finds_no_fault()
    {
        var probe = new StoreProbe();
        await using var desk = await AuditDesk.CreateAsync(probe: probe);
        await desk.AddAsync(2);
        probe.Before("FROM \"InstallationKeys\"", desk.SealAsync);

        var report = await desk.VerifyAsync();

        Assert.Equal((true, 2L), (report.IsIntact, report.Sealed));
    }

    [Fact]
    public async Task A_lost_encryption_key_is_told_as_a_missing_audit_key()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(3);
        var foreign = desk.Product.Get<SecretProtector>().ProtectEmail("not with this purpose");
        await using (var db = await desk.Product.OpenAsync())
        {
            (await db.Set<InstallationKey>().SingleAsync(key => key.Name == AuditChain.KeyName, Cancel)).Value = foreign;
            await db.SaveChangesAsync(Cancel);
        }

        Assert.Equal(AuditFaultKind.KeyMissing, Assert.Single((await desk.VerifyAsync()).Faults).Kind);
    }

    [Fact]
    public async Task The_key_is_encrypted_in_the_store_and_the_chain_outlives_its_rotation()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.WriteAsync(3);

        Assert.Equal(0, (await desk.Product.Get<SecretRotation>().RotateAsync(Cancel)).Unreadable);
        await desk.WriteAsync(1);

        Assert.True((await desk.VerifyAsync()).IsIntact);
        await using var db = await desk.Product.OpenAsync();
        var stored = (await db.Set<InstallationKey>().SingleAsync(key => key.Name == AuditChain.KeyName, Cancel)).Value;
        Assert.Equal(AuditHash.Length, desk.Product.Get<SecretProtector>().UnprotectPayload(stored).Length);
        Assert.NotEqual(AuditHash.Length, stored.Length);
    }

    [Fact]
    public async Task A_transaction_that_commits_late_gets_its_number_when_it_has_committed()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await using (var db = await desk.Product.OpenAsync())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancel);
            desk.Product.Get<Audit>().Add(db, Product.Operator, "Exports.RunStarted", "late");
            await db.SaveChangesAsync(Cancel);
            if (db is not SqliteAppDb)
                // SQLite has one writer at a time.
                await desk.WriteAsync(2);
            await transaction.CommitAsync(Cancel);
        }
        await desk.WriteAsync(1);

        var entries = await desk.EntriesAsync();
        Assert.Equal(Enumerable.Range(1, entries.Count).Select(number => (long?)number), entries.Select(entry => entry.Sequence).Order());
        Assert.True((await desk.VerifyAsync()).IsIntact);
    }

    [Fact]
    public async Task Several_servers_seal_one_chain()
    {
        await using var desk = await AuditDesk.CreateAsync();
        using var other = desk.Product.AnotherNode();
        await desk.AddAsync(1_100);

        await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(number =>
                    (number % 2 == 0 ? desk.Product.Services : other.Services).GetRequiredService<AuditSealing>().SealAsync(Cancel)
                )
        );

        var report = await desk.VerifyAsync();
        Assert.Equal((true, 1_100L, 0), (report.IsIntact, report.Sealed, report.Waiting));
    }

    [Fact]
    public async Task Entries_of_an_earlier_version_are_sealed_at_the_start_and_new_ones_soon_after()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.AddAsync(3);

        await desk.Product.StartAsync();
        await UntilSealedAsync(desk);
        await desk.AddAsync(1);
        await UntilSealedAsync(desk);

        Assert.Equal((true, 4L), ((await desk.VerifyAsync()).IsIntact, (await desk.VerifyAsync()).Sealed));
    }

    [Fact]
    public async Task What_waits_is_sealed_when_the_application_stops()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.Product.StartAsync();
        await desk.AddAsync(2);

        await desk.Product.StopAsync();

        Assert.Equal((0, 2L), ((await desk.VerifyAsync()).Waiting, (await desk.VerifyAsync()).Sealed));
    }

    /// <summary>A page that stays connected can use up the time of the host.</summary>
    [Fact]
    public async Task What_waits_is_sealed_even_when_the_time_to_stop_is_over()
    {
        await using var desk = await AuditDesk.CreateAsync();
        await desk.Product.StartAsync();
        await desk.AddAsync(2);

        foreach (var service in desk.Product.Services.GetServices<IHostedService>().OfType<AuditSealer>())
            await service.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal((0, 2L), ((await desk.VerifyAsync()).Waiting, (await desk.VerifyAsync()).Sealed));
    }

    private static Task UntilSealedAsync(AuditDesk desk) =>
        Patience.UntilAsync(async () => (await desk.VerifyAsync()).Waiting == 0, () => desk.Clock.Advance(TimeSpan.FromMilliseconds(100)));
}
