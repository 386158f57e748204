using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Tests.Delivery;
using Npgsql;

namespace KlaviyoExport.Tests.Console;

/// <summary>The command check. What it finds in a store is in CheckupTests.</summary>
public sealed class ConsoleCheckTests
{
    [Fact]
    public async Task Without_a_fault_it_ends_with_code_0_and_names_what_was_checked()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));

        var (code, output, error) = await bench.CommandAsync("check", "--json");

        Assert.Equal((0, ""), (code, error));
        Assert.Equal(
            ["settings", "address", "data directory", "store", "encryption keys", "audit", "source", "connection", "clock"],
            Findings(output).Select(finding => finding.Area)
        );
        Assert.All(Findings(output), finding => Assert.Equal("ok", finding.Level));
    }

    [Fact]
    public async Task Wrong_settings_and_an_unknown_provider_are_found_together()
    {
        await using var bench = await Workbench.CreateAsync([]);

        var (code, output, _) = await bench.CommandAsync(
            "check",
            "--json",
            "--Database:Provider=Oracle",
            "--Log:Format=Yaml",
            "--Klaviyo:MaxProfilesPerExport=0"
        );

        Assert.Equal(1, code);
        Assert.All(
            ["Database:Provider is \"Oracle\"", "Log:Format is \"Yaml\"", "Klaviyo:MaxProfilesPerExport"],
            key =>
                Assert.Contains(
                    Findings(output),
                    finding => finding.Level == "fault" && finding.Message.Contains(key, StringComparison.Ordinal)
                )
        );
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_created_is_found()
    {
        var (code, output, _) = await ConsoleRun.OfAsync("check", "--DataDirectory=/proc/klaviyo-export");

        Assert.Equal(1, code);
        Assert.Contains("fault   data directory: DataDirectory (/proc/klaviyo-export) cannot be created", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_ring_is_found_and_no_key_is_created()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var keys = Path.Combine(bench.Product.DataDirectory, "keys");
        Directory.Delete(keys, recursive: true);

        var (code, output, _) = await bench.CommandAsync("check", "--json");

        Assert.Equal(1, code);
        var fault = Assert.Single(Findings(output), finding => finding.Area == "encryption keys");
        Assert.Equal("fault", fault.Level);
        Assert.StartsWith(
            "There are no keys, and the store has secrets that need them: Connection.ApiKey (1)",
            fault.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("backup", fault.Cure, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(keys) ? Directory.EnumerateFiles(keys) : []);
    }

    [Fact]
    [Trait(StorePlace.Trait, nameof(StoreProvider.PostgreSql))]
    public async Task A_wrong_password_of_the_database_is_found_and_not_shown()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        var folder = Directory.CreateTempSubdirectory("klaviyo-export-test-").FullName;
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "Winter1987" };

        var (code, output, error) = await ConsoleRun.OfAsync(
            "check",
            "--json",
            "--Database:Provider=PostgreSql",
            $"--ConnectionStrings:Default={wrong}",
            $"--DataDirectory={folder}"
        );

        Assert.Equal(1, code);
        var fault = Assert.Single(Findings(output), finding => finding.Area == "store");
        Assert.Contains("password authentication failed", fault.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings:Default", fault.Cure, StringComparison.Ordinal);
        Assert.DoesNotContain("Winter1987", output + error, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static List<(string Area, string Level, string Message, string? Cure)> Findings(string output) =>
        [
            .. JsonSerializer
                .Deserialize<JsonElement>(output)
                .GetProperty("findings")
                .EnumerateArray()
                .Select(finding =>
                    (
                        finding.GetProperty("area").GetString()!,
                        finding.GetProperty("level").GetString()!,
                        finding.GetProperty("message").GetString()!,
                        finding.GetProperty("cure").GetString()
                    )
                ),
        ];
}
