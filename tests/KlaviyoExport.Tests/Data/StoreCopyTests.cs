using KlaviyoExport.Data;
using KlaviyoExport.Delivery;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Tests.Data;

/// <summary>A SQLite store is copied to PostgreSQL.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class StoreCopyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_product_goes_on_with_the_copy()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(5), new("i", "at home", "I")], SyncMode.Mirror);
        var last = await bench.RunAsync();
        var tables = new List<CopiedTable>();

        await bench.Product.Get<StoreCopy>().CopyAsync(StoreProvider.PostgreSql, database.ConnectionString, tables.Add, Cancel);

        Assert.Equal(5, tables.Single(table => table.Name == "Memberships").Rows);
        using var copy = Over(bench, database);
        var id = await copy.Services.GetRequiredService<RunService>().StartAsync(Product.Administrator, bench.ExportId, Cancel);
        Assert.True(id > last.Id, "The next key follows the copied ones.");
        await copy.Services.GetRequiredService<RunExecution>().RunAsync(id, Cancel);
        await using var db = await copy.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);
        var run = await db.Set<Run>().SingleAsync(run => run.Id == id, Cancel);
        // The copied memberships and keys tell that nobody has changed.
        Assert.Equal((RunState.Successful, 5, 1), (run.State, run.Ledger.Unchanged, run.Ledger.Invalid));
        Assert.Equal(bench.ExportId, (await db.Set<Export>().SingleAsync(Cancel)).Id);
    }

    [Fact]
    public async Task The_chain_of_the_audit_goes_on_with_the_copy()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var bench = await Workbench.CreateAsync([]);
        await using (var store = await bench.Product.OpenAsync())
        {
            // A time with more digits than PostgreSQL stores, and a detail of an early version.
            bench.Product.Get<Audit>().Add(store, Product.Administrator, "Exports.Changed", "Č \u0001", 1);
            await store.SaveChangesAsync(Cancel);
            await store.Database.ExecuteSqlAsync(
                $"""UPDATE "AuditEntries" SET "At" = "At" - "At" % 10 + 7, "Detail" = 'text:early'""",
                Cancel
            );
        }
        await bench.Product.Get<AuditSealing>().SealAsync(Cancel);

        await bench.Product.Get<StoreCopy>().CopyAsync(StoreProvider.PostgreSql, database.ConnectionString, _ => { }, Cancel);

        using var copy = Over(bench, database);
        await using var db = await copy.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);
        copy.Services.GetRequiredService<Audit>().Add(db, Product.Administrator, "Exports.Changed", "next");
        await db.SaveChangesAsync(Cancel);
        await copy.Services.GetRequiredService<AuditSealing>().SealAsync(Cancel);
        var report = await copy.Services.GetRequiredService<AuditVerification>().VerifyAsync(Cancel);
        Assert.Empty(report.Faults);
        Assert.Equal(await db.Set<AuditEntry>().CountAsync(Cancel), report.Sealed);
        Assert.True(report.Sealed > 1);
    }

    [Fact]
    public async Task With_a_certificate_the_keys_are_copied_encrypted_and_a_server_finds_them()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var bench = await Workbench.CreateAsync([]);
        var settings = new Dictionary<string, string?>
        {
            ["DataProtection:Certificate"] = SecretRotationTests.WriteCertificate(bench, "keys.pfx"),
        };
        using (var console = bench.Product.AnotherNode(settings))
            await console
                .Services.GetRequiredService<StoreCopy>()
                .CopyAsync(StoreProvider.PostgreSql, database.ConnectionString, _ => { }, Cancel);
        Directory.Delete(Path.Combine(bench.Product.DataDirectory, "keys"), recursive: true);

        using var copy = bench.Product.AnotherNode(
            new(settings) { ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:Default"] = database.ConnectionString }
        );

        await using var db = await copy.Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(Cancel);
        var connection = await db.Set<KlaviyoExport.Connections.Connection>().SingleAsync(Cancel);
        Assert.Equal(PracticeStore.FullKey, copy.Services.GetRequiredService<SecretProtector>().UnprotectCredential(connection.ApiKey!));
        var key = (await db.DataProtectionKeys.SingleAsync(Cancel)).Xml!;
        Assert.Contains("encryptedSecret", key, StringComparison.Ordinal);
        Assert.DoesNotContain("masterKey", key, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_with_rows_is_refused_and_stays_as_it_is()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var bench = await Workbench.CreateAsync([]);
        var copy = bench.Product.Get<StoreCopy>();
        await copy.CopyAsync(StoreProvider.PostgreSql, database.ConnectionString, _ => { }, Cancel);

        var fault = await Assert.ThrowsAsync<StoreFaultException>(() =>
            copy.CopyAsync(StoreProvider.PostgreSql, database.ConnectionString, _ => { }, Cancel)
        );

        Assert.StartsWith("The target is not empty", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_cannot_be_reached_is_named_without_its_password()
    {
        await using var bench = await Workbench.CreateAsync([]);

        var fault = await Assert.ThrowsAsync<StoreFaultException>(() =>
            bench
                .Product.Get<StoreCopy>()
                .CopyAsync(StoreProvider.PostgreSql, "Host=127.0.0.1;Port=1;Username=a;Password=Winter1987", _ => { }, Cancel)
        );

        Assert.StartsWith("The target cannot be used", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Winter1987", fault.Message, StringComparison.Ordinal);
    }

    private static IHost Over(Workbench bench, ServerDatabase database) =>
        bench.Product.AnotherNode(
            new() { ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:Default"] = database.ConnectionString }
        );
}
