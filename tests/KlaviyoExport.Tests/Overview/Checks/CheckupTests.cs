using KlaviyoExport.Alerts;
using KlaviyoExport.Alerts.Webhooks;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview.Checks;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Sources.Remote;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Overview.Checks;

/// <summary>Each seeded fault is found, with its cure, and nothing else is.</summary>
public sealed class CheckupTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_installation_without_faults_has_none()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await bench.RunAsync();

        Assert.All(await FindAsync(bench), finding => Assert.Equal(FindingLevel.Ok, finding.Level));
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_found() =>
        await HasFaultAsync(
            "store",
            "newer version of Klaviyo Export (it holds 20990101000000_Later)",
            bench => ExecuteAsync(bench, "INSERT INTO __EFMigrationsHistory VALUES ('20990101000000_Later', '99.0')")
        );

    [Fact]
    public async Task A_store_of_an_older_version_is_a_warning()
    {
        await using var bench = await Workbench.CreateAsync([]);
        await ExecuteAsync(bench, "DELETE FROM __EFMigrationsHistory WHERE MigrationId LIKE '%MembershipsByKey'");

        var store = Assert.Single(await FindAsync(bench), finding => finding.Area == "store");

        Assert.Equal(FindingLevel.Warning, store.Level);
        Assert.Contains("migrate", store.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_cannot_decrypt_the_secrets_are_found() =>
        await HasFaultAsync(
            "encryption keys",
            "The keys cannot decrypt stored secrets: Connection.ApiKey (1)",
            bench =>
            {
                LoseKeys(bench);
                return Task.CompletedTask;
            },
            also: "connection"
        );

    [Fact]
    public async Task Keys_that_cannot_decrypt_the_address_and_the_secret_of_a_webhook_are_found() =>
        await HasFaultAsync(
            "encryption keys",
            "AlertWebhook.Url (1), AlertWebhook.Secret (1)",
            async bench =>
            {
                await bench
                    .Product.Get<WebhookService>()
                    .AddAsync(
                        Product.Administrator,
                        new NewWebhook("Hook", "https://hooks.shop.example", WebhookFormat.Json, "sixteen characters or more"),
                        Cancel
                    );
                LoseKeys(bench);
            },
            also: "connection"
        );

    [Fact]
    public async Task A_mail_server_that_does_not_answer_is_found() =>
        await HasFaultAsync(
            "mail",
            "The mail server cannot be reached",
            _ => Task.CompletedTask,
            settings: new()
            {
                ["Mail:Host"] = "localhost",
                ["Mail:Port"] = Loopback.FreePort().ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["Mail:From"] = "exports@shop.example",
                ["Alerts:PublicAddress"] = "https://exports.shop.example",
            }
        );

    [Fact]
    public async Task A_missing_source_file_is_found() =>
        await HasFaultAsync(
            "source",
            "Customers.db",
            bench =>
            {
                File.Delete(Path.Combine(bench.Product.Directory, "Customers.db"));
                return Task.CompletedTask;
            }
        );

    [Fact]
    public async Task A_store_without_the_files_of_a_source_is_found()
    {
        await using var empty = new ScriptedStore(_ => ScriptedStore.Error(404, "NoSuchBucket"));
        await HasFaultAsync(
            "source",
            "There is no bucket crm-exports",
            async bench =>
            {
                await using var db = await bench.Product.OpenAsync();
                var source = await db.Set<Source>().SingleAsync(Cancel);
                source.Kind = SourceKind.S3;
                source.Password = bench.Product.Get<SecretProtector>().ProtectCredential("secret");
                source.Remote = new RemoteFiles
                {
                    Endpoint = empty.Address,
                    AllowsHttp = true,
                    UsesPathStyle = true,
                    Container = "crm-exports",
                    User = "key",
                };
                await db.SaveChangesAsync(Cancel);
            }
        );
    }

    [Fact]
    public async Task A_renamed_column_that_an_export_uses_is_found() =>
        await HasFaultAsync(
            "source",
            "email",
            async bench =>
            {
                await using var connection = new SqliteConnection(
                    $"Data Source={Path.Combine(bench.Product.Directory, "Customers.db")};Pooling=False"
                );
                await connection.OpenAsync(Cancel);
                await using var command = connection.CreateCommand();
                command.CommandText = "ALTER TABLE customers RENAME COLUMN email TO mail";
                await command.ExecuteNonQueryAsync(Cancel);
            }
        );

    [Fact]
    public async Task A_file_whose_columns_have_changed_since_it_was_loaded_is_a_warning()
    {
        await using var bench = await Workbench.CreateAsync([]);
        var file = Path.Combine(bench.Product.Directory, "people.csv");
        await File.WriteAllTextAsync(file, "id,city\n1,Bar\n", Cancel);
        var source = await bench
            .Product.Get<SourceService>()
            .SaveAsync(
                Product.Administrator,
                new SourceDraft
                {
                    Name = "People",
                    Location = file,
                    KeyColumns = ["id"],
                },
                Cancel
            );
        await bench
            .Product.Get<SegmentService>()
            .SaveAsync(
                Product.Administrator,
                new SegmentDraft
                {
                    Name = "From Bar",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("city", Operator.Equal, ["Bar"])])),
                },
                Cancel
            );
        await File.WriteAllTextAsync(file, "id,town\n1,Bar\n", Cancel);

        var finding = Assert.Single(await FindAsync(bench), finding => finding.Subject == "People");

        Assert.Equal(FindingLevel.Warning, finding.Level);
        Assert.Contains(
            "“city” no longer exists; perhaps it was renamed to “town”. A condition of the segment From Bar",
            finding.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_missing_table_that_a_segment_of_an_export_reads_is_found() =>
        await HasFaultAsync(
            "source",
            "no table or view vips. Choose another one. The segment Vips",
            async bench =>
            {
                await using var db = await bench.Product.OpenAsync();
                (await db.Set<Export>().Include(export => export.Segments).SingleAsync(Cancel)).Segments.Add(
                    new Segment
                    {
                        Name = "Vips",
                        SourceId = 1,
                        Definition = new MembershipSegment("vips", ["id"]),
                        CreatedBy = "test",
                    }
                );
                await db.SaveChangesAsync(Cancel);
            }
        );

    [Theory]
    [InlineData(true, FindingLevel.Fault)]
    [InlineData(false, FindingLevel.Warning)]
    public async Task Data_that_is_too_old_is_found(bool stops, FindingLevel level)
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await using (var db = await bench.Product.OpenAsync())
        {
            var source = await db.Set<Source>().SingleAsync(Cancel);
            (source.MaxAgeHours, source.StopsWhenOld) = (24, stops);
            // The check reads the time itself, as a run does.
            source.DataChangedAt = null;
            await db.SaveChangesAsync(Cancel);
        }
        var file = Path.Combine(bench.Product.Directory, "Customers.db");
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        var fresh = await FindAsync(bench);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-25));

        var findings = (await FindAsync(bench)).FindAll(finding => finding.Area == "source");

        Assert.All(fresh, finding => Assert.Equal(FindingLevel.Ok, finding.Level));
        Assert.Equal([FindingLevel.Ok, level], findings.Select(finding => finding.Level));
        Assert.Contains("That is more than 24 h ago.", findings[1].Message, StringComparison.Ordinal);
        Assert.NotNull(findings[1].Cure);
    }

    [Fact]
    public async Task A_revoked_key_is_found() =>
        await HasFaultAsync("connection", "key", bench => UseKeyAsync(bench, "pk_revoked000000000000000000000000000"));

    [Fact]
    public async Task A_missing_scope_is_found() =>
        await HasFaultAsync("connection", "lacks the scopes lists:write", bench => UseKeyAsync(bench, PracticeStore.NoListsWriteKey));

    [Fact]
    public async Task A_key_of_another_account_is_found() =>
        await HasFaultAsync("connection", "belongs to the account", bench => UseKeyAsync(bench, SecondStore.FullKey));

    [Fact]
    public async Task A_deleted_list_is_found_with_the_exports_that_use_it() =>
        await HasFaultAsync(
            "connection",
            "(exports: Newsletter)",
            bench =>
            {
                bench.Sandbox.State.DeleteList(PracticeStore.Newsletter);
                return Task.CompletedTask;
            }
        );

    [Fact]
    public async Task A_removed_export_user_is_found() =>
        await HasFaultAsync(
            "connection",
            "Its export user, Ana, is no administrator any more",
            bench => bench.Product.ChangeRoleAsync(Product.Administrator, null)
        );

    [Fact]
    public void A_data_directory_that_cannot_be_written_is_found()
    {
        var finding = Assert.Single(new DirectoryCheck(Options.Create(new StoreOptions { DataDirectory = "/proc/self" })).Run());

        Assert.Equal(FindingLevel.Fault, finding.Level);
        Assert.NotNull(finding.Cure);
    }

    [Fact]
    public async Task A_data_directory_that_other_users_can_read_is_found_with_the_command_that_closes_it()
    {
        if (OperatingSystem.IsWindows())
            return; // Windows has no such modes.
        await using var store = await TestStore.CreateAsync();
        var directory = Path.Combine(store.Directory, "data");
        var file = Path.Combine(directory, "copied.db");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        var check = new DirectoryCheck(Options.Create(new StoreOptions { DataDirectory = directory }));
        Assert.All(check.Run(), finding => Assert.NotEqual(FindingLevel.Fault, finding.Level));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var fault = Assert.Single(check.Run(), finding => finding.Level == FindingLevel.Fault);

        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod -R go= '{directory}'", fault.Cure, StringComparison.Ordinal);
    }

    private static async Task HasFaultAsync(
        string area,
        string message,
        Func<Workbench, Task> seed,
        string? also = null,
        Dictionary<string, string?>? settings = null
    )
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        await seed(bench);

        var faults = (await FindAsync(bench, settings)).FindAll(finding => finding.Level != FindingLevel.Ok && finding.Area != also);

        var fault = Assert.Single(faults);
        Assert.Equal((FindingLevel.Fault, area), (fault.Level, fault.Area));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Cure);
    }

    /// <summary>In services of their own, as the console has them.</summary>
    private static async Task<List<Finding>> FindAsync(Workbench bench, Dictionary<string, string?>? settings = null)
    {
        using var console = bench.Product.AnotherNode(settings);
        var findings = new List<Finding>();
        await foreach (var finding in console.Services.GetRequiredService<Checkup>().RunAsync(Cancel))
            findings.Add(finding);
        return findings;
    }

    /// <summary>Replaces the encryption keys by one of another installation.</summary>
    private static void LoseKeys(Workbench bench)
    {
        Directory.Delete(Path.Combine(bench.Product.DataDirectory, "keys"), recursive: true);
        using var other = bench.Product.AnotherNode();
        other.Services.GetRequiredService<SecretProtector>().ProtectCredential("the key of another installation");
    }

    private static async Task UseKeyAsync(Workbench bench, string key)
    {
        await using var db = await bench.Product.OpenAsync();
        var connection = await db.Set<KlaviyoExport.Connections.Connection>().SingleAsync(Cancel);
        connection.ApiKey = bench.Product.Get<SecretProtector>().ProtectCredential(key);
        await db.SaveChangesAsync(Cancel);
    }

    private static async Task ExecuteAsync(Workbench bench, string sql)
    {
        await using var db = await bench.Product.OpenAsync();
        await db.Database.ExecuteSqlRawAsync(sql, Cancel);
    }
}
