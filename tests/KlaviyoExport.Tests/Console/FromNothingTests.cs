using System.Text.Json;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Console;

/// <summary>An installation that is set up by commands alone.</summary>
public sealed class FromNothingTests : IAsyncLifetime
{
    private const string File = """
        version: 1
        connections:
          - name: Practice store
            key: { env: FROM_NOTHING_KEY }
            dataPrivacy: I agree
        sources:
          - name: Customers
            kind: file
            path: {path}
            keyColumn: customer_id
        segments:
          - name: Readers
            source: Customers
            conditions:
              all:
                - { field: newsletter, equal: true }
        exports:
          - name: Readers to Klaviyo
            connection: Practice store
            list: NwsRdr
            source: Customers
            email: email
            segments: [Readers]
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-nothing-").FullName;
    private SandboxServer _sandbox = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _sandbox = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0" }, Cancel);

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task A_configuration_file_sets_up_an_export_from_nothing_that_runs_to_Successful()
    {
        var customers = Path.Combine(_directory, "customers.csv");
        var file = Path.Combine(_directory, "export.yaml");
        await System.IO.File.WriteAllTextAsync(
            customers,
            "customer_id,email,newsletter\n1,a@shop.example,true\n2,b@shop.example,true\n3,c@shop.example,false\n",
            Cancel
        );
        await System.IO.File.WriteAllTextAsync(file, File.Replace("{path}", customers, StringComparison.Ordinal), Cancel);

        var password = Path.Combine(_directory, "password");
        await System.IO.File.WriteAllTextAsync(password, "correct horse battery\n", Cancel);
        // Only commands of this test read it.
        Environment.SetEnvironmentVariable("FROM_NOTHING_KEY", PracticeStore.FullKey);

        Assert.Equal(0, (await CommandAsync("migrate")).Code);
        Assert.Equal(0, (await CommandAsync("add-administrator", "ana@shop.example", "--password-file", password)).Code);
        var plan = await CommandAsync("config", "plan", file);
        var applied = await CommandAsync("config", "apply", file, "--json");
        var run = await CommandAsync("run", "Readers to Klaviyo", "--json");
        var again = await CommandAsync("config", "apply", file);
        var token = await CommandAsync("add-token", "Pipeline");

        Assert.Contains("+ export Readers to Klaviyo", plan.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (applied.Code, applied.Error));
        Assert.True(JsonSerializer.Deserialize<JsonElement>(applied.Output).GetProperty("isComplete").GetBoolean());
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("successful", JsonSerializer.Deserialize<JsonElement>(run.Output).GetProperty("result").GetString());
        Assert.Equal(
            ["a@shop.example", "b@shop.example"],
            _sandbox.State.Members(PracticeStore.NewsletterReaders).Select(member => member.Email).Order(StringComparer.Ordinal)
        );
        Assert.Equal((0, "The installation is as the file says.\n"), (again.Code, again.Output));
        Assert.StartsWith("kex_", token.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_with_a_fault_is_refused_with_the_place_and_a_suggestion()
    {
        var file = Path.Combine(_directory, "wrong.yaml");
        await System.IO.File.WriteAllTextAsync(file, "version: 1\nexprots: []\n", Cancel);
        await CommandAsync("migrate");

        var (code, output, error) = await CommandAsync("config", "apply", file);

        Assert.Equal((4, ""), (code, output));
        Assert.Contains("2:1:", error, StringComparison.Ordinal);
        Assert.Contains("exports", error, StringComparison.Ordinal);
    }

    private Task<ConsoleRun> CommandAsync(params string[] arguments) =>
        ConsoleRun.OfAsync([
            .. arguments,
            $"--DataDirectory={Path.Combine(_directory, "data")}",
            $"--Klaviyo:BaseUrl={_sandbox.BaseAddress}",
            $"--Sources:Roots:0={_directory}",
        ]);
}
