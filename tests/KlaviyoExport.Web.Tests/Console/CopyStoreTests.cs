using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Console;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Console;

[Trait(Needs.Trait, Needs.Server)]
public sealed class CopyStoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_audit_of_the_copy_says_that_it_was_copied_and_the_store_does_not()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-copy-").FullName;
        try
        {
            await StorePlace.WriteSqliteAsync(directory);
            var file = Path.Combine(directory, "connection");
            await File.WriteAllTextAsync(file, database.ConnectionString, Cancel);

            var run = await ConsoleRun.OfAsync(
                "copy-store",
                "--to",
                nameof(StoreProvider.PostgreSql),
                "--connection-file",
                file,
                $"--DataDirectory={directory}"
            );

            Assert.Equal((0, ""), (run.Code, run.Error));
            await using var copy = new PostgreSqlAppDb(
                new DbContextOptionsBuilder<PostgreSqlAppDb>().UseNpgsql(database.ConnectionString).Options
            );
            var entry = await copy.Set<AuditEntry>().SingleAsync(Cancel);
            Assert.Equal(("System.StoreCopied", "console"), (entry.Action, entry.From));
            await using var store = new SqliteAppDb(
                new DbContextOptionsBuilder<SqliteAppDb>().UseSqlite($"Data Source={Path.Combine(directory, "klaviyo-export.db")}").Options
            );
            Assert.Empty(await store.Set<AuditEntry>().ToListAsync(Cancel));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
