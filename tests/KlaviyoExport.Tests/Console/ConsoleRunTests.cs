using System.Text.Json;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Console;

/// <summary>The command run without a server.</summary>
public sealed class ConsoleRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_executed_to_its_end_and_only_JSON_is_written()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(30));

        var (code, output, error) = await bench.CommandAsync("run", "newsletter", "--json");

        Assert.Equal((0, ""), (code, error));
        var result = JsonSerializer.Deserialize<JsonElement>(output);
        Assert.Equal("successful", result.GetProperty("result").GetString());
        Assert.Equal(30, result.GetProperty("run").GetProperty("ledger").GetProperty("accepted").GetInt64());
        var run = await bench.FindAsync(result.GetProperty("run").GetProperty("id").GetInt32());
        Assert.Equal((RunState.Successful, "Console"), (run.State, run.RequestedBy));
        await using var db = await bench.Product.OpenAsync();
        Assert.Equal("console", (await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "Exports.RunStarted", Cancel)).ActorId);
    }

    [Fact]
    public async Task A_run_with_refused_profiles_ends_with_code_2_and_plain_text()
    {
        await using var bench = await Workbench.CreateAsync([.. Customer.Many(3), new("f", "f@async-fail.example", "F")]);

        var (code, output, _) = await bench.CommandAsync("run", "Newsletter");

        Assert.Equal(2, code);
        Assert.Contains("Completed with warnings", output, StringComparison.Ordinal);
        Assert.Contains("4 members, 3 accepted, 0 unchanged, 1 refused", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', output);
    }

    [Fact]
    public async Task A_run_that_fails_ends_with_code_3()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        bench.Sandbox.State.DeleteList(PracticeStore.Newsletter);

        var (code, output, _) = await bench.CommandAsync("run", "Newsletter", "--json");

        Assert.Equal(3, code);
        Assert.Contains("\"failed\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_an_export_is_refused_and_writes_nothing_to_the_output()
    {
        await using var bench = await Workbench.CreateAsync([]);

        Assert.Equal(new ConsoleRun(4, "", "There is no export \"No such\".\n"), await bench.CommandAsync("run", "No such", "--json"));
    }

    [Fact]
    public async Task A_run_that_does_not_end_in_time_stops_and_a_server_can_resume_it()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        // Klaviyo cannot be reached, so the run waits a minute for its next attempt.
        var (code, output, error) = await bench.CommandAsync(
            "run",
            "Newsletter",
            "--timeout",
            "3s",
            "--json",
            "--Klaviyo:BaseUrl=http://127.0.0.1:9",
            "--Klaviyo:Retry:Tries=1"
        );

        Assert.Equal(5, code);
        Assert.Contains("has not ended within 00:00:03", error, StringComparison.Ordinal);
        var id = JsonSerializer.Deserialize<JsonElement>(output).GetProperty("run").GetProperty("id").GetInt32();
        Assert.Equal(RunState.Successful, (await bench.SpendRetriesAsync(id)).State);
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Process)]
    public async Task While_a_server_runs_the_store_can_be_read_and_backed_up_but_not_run_restored_or_copied()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var backup = Path.Combine(bench.Product.Directory, "backup.zip");
        using var app = bench.StartApp();
        await app.SaysAsync("Klaviyo Export is at", Cancel);

        var results = await Task.WhenAll(
            bench.CommandAsync("run", "Newsletter"),
            bench.CommandAsync("copy-store", "--to", "PostgreSql", "--connection-file", WriteFile(bench, "Host=127.0.0.1")),
            bench.CommandAsync("status", "--json"),
            bench.CommandAsync("backup", backup)
        );

        Assert.Equal([4, 4, 0, 0], results.Select(result => result.Code));
        Assert.Contains("Klaviyo Export is running on DataDirectory", results[0].Error, StringComparison.Ordinal);
        Assert.Equal(
            "Newsletter",
            JsonSerializer.Deserialize<JsonElement>(results[2].Output).GetProperty("exports")[0].GetProperty("name").GetString()
        );
        Assert.Equal(4, (await bench.CommandAsync("restore", backup)).Code);
        await using (var db = await bench.Product.OpenAsync())
            Assert.Equal("console", (await db.Set<AuditEntry>().SingleAsync(entry => entry.Action == "System.BackedUp", Cancel)).From);
        app.Kill();
        var restored = await bench.CommandAsync("restore", backup);
        Assert.Equal((0, ""), (restored.Code, restored.Error));
    }

    private static string WriteFile(Workbench bench, string text)
    {
        var path = Path.Combine(bench.Product.Directory, "connection");
        File.WriteAllText(path, text);
        return path;
    }
}
