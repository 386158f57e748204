using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Lists;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Data;

/// <summary>What was stored as message codes, JSON and English text before the migration GroundFloor is in columns after it.</summary>
public class UpgradeContentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Outcomes_counts_schedules_errors_and_audit_of_earlier_versions_are_converted()
    {
        await using var product = await Product.CreateAsync();
        var exportId = await product.AddExportAsync(
            "Newsletter",
            await product.AddConnectionAsync(),
            await product.AddCustomersAsync("Customers", Customer.Many(1))
        );
        await using (var db = await product.OpenAsync())
        {
            var migrations = db.Database.GetMigrations().ToList();
            var before = migrations.FindIndex(name => name.EndsWith("_GroundFloor", StringComparison.Ordinal)) - 1;
            await WriteAsync(db, exportId);
            await db.GetService<IMigrator>().MigrateAsync(migrations[before], Cancel);
            await db.Database.ExecuteSqlRawAsync(
                """
                UPDATE "Runs" SET "Outcome" = CASE "Id" WHEN 1 THEN '["Delivery.OverCap",5,3,2]' WHEN 2 THEN '["Sources.NoTable","CRM","people"]'
                    WHEN 3 THEN '["Delivery.ExportUserGone","Ana","Shop"]' END
                """,
                Cancel
            );
            await db.Database.ExecuteSqlRawAsync(
                """UPDATE "Connections" SET "LastError" = '["Delivery.ExportUserGone","Ana","Shop"]'""",
                Cancel
            );
            await db.Database.ExecuteSqlRawAsync(
                """UPDATE "AuditEntries" SET "Detail" = CASE "Action" WHEN 'People.Added' THEN 'Operator' ELSE '3' END""",
                Cancel
            );
        }

        await ActivatorUtilities.CreateInstance<StoreMigration>(product.Services).StartingAsync(Cancel);

        await using var after = await product.OpenAsync();
        Assert.Equal(
            [RunOutcomeKind.OverCap, RunOutcomeKind.Source, RunOutcomeKind.ExportUser],
            await after.Set<Run>().OrderBy(run => run.Id).Select(run => run.OutcomeKind!.Value).ToListAsync(Cancel)
        );
        Assert.Equal([5, 0], await after.Set<Batch>().OrderBy(batch => batch.Number).Select(batch => batch.SetAside).ToListAsync(Cancel));
        Assert.True((await after.Set<Export>().SingleAsync(Cancel)).FollowsRefresh);
        Assert.True((await after.Set<Connection>().SingleAsync(Cancel)).LacksExportUser);
        Assert.Equal(
            ["Operator", "3"],
            (await after.Set<AuditEntry>().OrderBy(entry => entry.Id).ToListAsync(Cancel)).Select(entry => entry.Detail!.ToString())
        );
    }

    [Fact]
    public async Task Delivered_people_of_earlier_versions_are_memberships_whose_windows_are_unknown()
    {
        await using var product = await Product.CreateAsync();
        var exportId = await product.AddExportAsync(
            "Newsletter",
            await product.AddConnectionAsync(),
            await product.AddCustomersAsync("Customers", Customer.Many(1))
        );
        await using (var db = await product.OpenAsync())
        {
            var migrations = db.Database.GetMigrations().ToList();
            var before = migrations.FindIndex(name => name.EndsWith("_Memberships", StringComparison.Ordinal)) - 1;
            await db.GetService<IMigrator>().MigrateAsync(migrations[before], Cancel);
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO "Delivered" ("ExportId", "EmailHash", "Fingerprint", "Email") VALUES ({exportId}, {new byte[16]}, {new byte[]
                {
                    1,
                }}, {new byte[] { 2 }})
                """,
                Cancel
            );
        }

        await ActivatorUtilities.CreateInstance<StoreMigration>(product.Services).StartingAsync(Cancel);

        await using var after = await product.OpenAsync();
        var row = await after.Set<Membership>().SingleAsync(Cancel);
        Assert.Equal((exportId, MembershipState.Held, 1, 2), (row.ExportId, row.State, (int)row.Fingerprint[0], (int)row.Email![0]));
        Assert.Equal((null, null), (row.FirstFrom, row.LastFrom));
        Assert.Equal(new ListRules(), (await after.Set<Export>().SingleAsync(Cancel)).ListRules);
    }

    [Theory]
    [InlineData("customer_id")]
    [InlineData("the \"key\" \\ of | [1], ћирилица 'x' ~ {0}")]
    [InlineData("[\"id\"]")]
    public async Task The_key_column_of_earlier_versions_is_the_only_one_of_the_key(string column)
    {
        await using var product = await Product.CreateAsync();
        var (source, _) = await product.AddCustomersAsync("Customers", Customer.Many(1));
        await using (var db = await product.OpenAsync())
        {
            var migrations = db.Database.GetMigrations().ToList();
            var before = migrations.FindIndex(name => name.EndsWith("_CustomerDatabases", StringComparison.Ordinal)) - 1;
            await db.GetService<IMigrator>().MigrateAsync(migrations[before], Cancel);
            await db.Database.ExecuteSqlAsync($"""UPDATE "Sources" SET "KeyColumn" = {column}""", Cancel);
        }

        await ActivatorUtilities.CreateInstance<StoreMigration>(product.Services).StartingAsync(Cancel);

        await using var after = await product.OpenAsync();
        var read = await after.Set<Source>().SingleAsync(one => one.Id == source.Id, Cancel);
        Assert.Equal([column], read.KeyColumns);
        Assert.Equal((null, null, false), (read.MaxAgeHours, read.DataChangedAt, read.StopsWhenOld));
    }

    private static async Task WriteAsync(AppDb db, int exportId)
    {
        for (var id = 1; id <= 3; id++)
        {
            var run = new Run
            {
                ExportId = exportId,
                AccountId = "Pract1",
                ListId = "L",
                RequestedBy = "Ana",
                State = RunState.FailedPermanent,
            };
            db.Add(run);
            await db.SaveChangesAsync(Cancel);
        }
        db.AddRange(new Batch { RunId = 1, Number = 1 }, new Batch { RunId = 1, Number = 2 });
        db.AddRange(new[] { 2, 3 }.Select(count => new RunEvent { RunId = 1, What = new LocalizedMessage("Delivery.SetAside", count, 1) }));
        db.AddRange(
            new AuditEntry
            {
                ActorId = "ana",
                ActorName = "Ana",
                Action = "People.Added",
                Detail = Role.Operator.ToMessage(),
            },
            new AuditEntry
            {
                ActorId = "ana",
                ActorName = "Ana",
                Action = "Exports.Duplicated",
                Detail = new LocalizedMessage("Exports.CopyOf", "3"),
            }
        );
        (await db.Set<Export>().SingleAsync(Cancel)).Schedule = new ExportSchedule { IsOn = true };
        await db.SaveChangesAsync(Cancel);
        db.ChangeTracker.Clear();
    }
}
