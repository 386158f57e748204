using System.IO.Compression;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Auditing;
using KlaviyoExport.Runs;
using KlaviyoExport.Tests.Delivery;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Data;

public sealed class StoreBackupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restored_backup_has_the_store_keys_and_uploads_of_its_moment()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(5));
        var upload = WriteFile(bench, "uploads/1/customers.csv", "id,email");
        await bench.RunAsync();
        var backup = await BackUpAsync(bench);
        await bench.RunAsync();
        File.WriteAllText(upload, "changed");
        Directory.Delete(Path.Combine(bench.Product.DataDirectory, "keys"), recursive: true);
        await bench.Product.StopAsync();
        SqliteConnection.ClearAllPools();

        var (_, kept) = await bench.Product.Get<StoreRestore>().ReadAsync(backup, Cancel);

        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(1, await db.Set<Run>().CountAsync(Cancel));
        Assert.Equal("id,email", await File.ReadAllTextAsync(upload, Cancel));
        Assert.Equal("changed", await File.ReadAllTextAsync(Path.Combine(kept, "uploads/1/customers.csv"), Cancel));
        Assert.True(File.Exists(Path.Combine(kept, "klaviyo-export.db")));
        // The secrets can be decrypted with the restored keys.
        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
    }

    [Fact]
    public async Task The_next_start_of_a_server_writes_a_restore_into_the_audit_once()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var backup = await BackUpAsync(bench);
        await bench.Product.StopAsync();
        SqliteConnection.ClearAllPools();
        var (manifest, _) = await bench.Product.Get<StoreRestore>().ReadAsync(backup, Cancel);

        for (var start = 0; start < 2; start++)
            await new RestoreEntry(bench.Product.Services).StartAsync(Cancel);

        await using var db = await bench.Product.OpenAsync();
        var entry = await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "System.Restored", Cancel);
        Assert.Equal("console", entry.From);
        Assert.Equal(new LocalizedMessage("People.BackupOf", manifest.At).ToString(), entry.Detail!.ToString());
        // The next backup does not contain it.
        Assert.DoesNotContain(
            (await bench.Product.Get<StoreBackup>().WriteAsync(backup + ".2", Cancel)).Files.Keys,
            file => file == "restored"
        );
    }

    [Theory]
    [InlineData("data/backup.zip", "is in DataDirectory")]
    [InlineData("data/keys/backup.zip", "is in DataDirectory")]
    [InlineData("missing/backup.zip", "does not exist")]
    public async Task A_backup_needs_a_folder_outside_the_data_directory(string file, string message)
    {
        await using var bench = await Workbench.CreateAsync([]);
        var archive = Path.Combine(bench.Product.Directory, file.Replace("data", bench.Product.DataDirectory, StringComparison.Ordinal));

        var refusal = await Assert.ThrowsAsync<StoreFaultException>(() => bench.Product.Get<StoreBackup>().WriteAsync(archive, Cancel));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_while_people_write_is_as_of_one_moment()
    {
        await using var bench = await Workbench.CreateAsync([]);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(() => WritePairsAsync(bench, stop.Token), Cancel);

        var backup = await BackUpAsync(bench);
        await stop.CancelAsync();
        await writing;

        using var zip = ZipFile.OpenRead(backup);
        var copy = Path.Combine(bench.Product.Directory, "copy.db");
        zip.GetEntry("klaviyo-export.db")!.ExtractToFile(copy);
        await using var connection = new SqliteConnection($"Data Source={copy};Mode=ReadOnly;Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM Settings WHERE Name LIKE 'pair-%'";
        Assert.Equal(0L, (long)(await command.ExecuteScalarAsync(Cancel))! % 2);
    }

    [Fact]
    public async Task Only_its_owner_can_read_a_backup()
    {
        await using var bench = await Workbench.CreateAsync([]);

        var backup = await BackUpAsync(bench);

        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(backup) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public async Task A_damaged_backup_is_refused_and_nothing_changes()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        await bench.RunAsync();
        var backup = await BackUpAsync(bench);
        using (var zip = ZipFile.Open(backup, ZipArchiveMode.Update))
        {
            var key = zip.Entries.First(entry => entry.FullName.StartsWith("keys/", StringComparison.Ordinal));
            var name = key.FullName;
            key.Delete();
            await using var other = zip.CreateEntry(name).Open();
            other.WriteByte(1);
        }

        await RefusesAsync(bench, backup, "is not the file that was backed up");
    }

    [Fact]
    public async Task A_backup_of_a_newer_version_is_refused_and_nothing_changes()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        await bench.RunAsync();
        var backup = await BackUpAsync(bench);
        using (var zip = ZipFile.Open(backup, ZipArchiveMode.Update))
        {
            var manifest = zip.GetEntry("manifest.json")!;
            using var reader = new StreamReader(manifest.Open());
            var text = await reader.ReadToEndAsync(Cancel);
            reader.Dispose();
            manifest.Delete();
            await using var writer = new StreamWriter(zip.CreateEntry("manifest.json").Open());
            await using var db = await bench.Product.OpenAsync();
            var last = (await db.Database.GetAppliedMigrationsAsync(Cancel)).Last();
            Assert.Contains(last, text, StringComparison.Ordinal);
            await writer.WriteAsync(text.Replace(last, last + "Later", StringComparison.Ordinal));
        }

        await RefusesAsync(bench, backup, "A newer version of Klaviyo Export has written the backup");
    }

    [Fact]
    public async Task A_file_that_is_no_backup_is_refused_and_nothing_changes()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2));
        await bench.RunAsync();

        await RefusesAsync(bench, WriteFile(bench, "notes.txt", "no zip"), "is damaged or is not a backup");
    }

    private static async Task RefusesAsync(Workbench bench, string backup, string why)
    {
        var fault = await Assert.ThrowsAsync<StoreFaultException>(() => bench.Product.Get<StoreRestore>().ReadAsync(backup, Cancel));

        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal(1, await db.Set<Run>().CountAsync(Cancel));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(bench.Product.DataDirectory).Select(Path.GetFileName),
            name => name!.StartsWith("before-restore-", StringComparison.Ordinal) || name == "restoring"
        );
    }

    private static async Task<string> BackUpAsync(Workbench bench)
    {
        var file = Path.Combine(bench.Product.Directory, "backup.zip");
        await bench.Product.Get<StoreBackup>().WriteAsync(file, Cancel);
        return file;
    }

    private static string WriteFile(Workbench bench, string path, string text)
    {
        var file = Path.Combine(bench.Product.DataDirectory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    private static async Task WritePairsAsync(Workbench bench, CancellationToken stop)
    {
        for (var pair = 0; !stop.IsCancellationRequested; pair++)
        {
            await using var db = await bench.Product.OpenAsync();
            db.AddRange(new Setting { Name = $"pair-{pair}-a", Value = "" }, new Setting { Name = $"pair-{pair}-b", Value = "" });
            await db.SaveChangesAsync(Cancel);
        }
    }
}
