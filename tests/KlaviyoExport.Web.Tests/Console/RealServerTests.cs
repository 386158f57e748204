using System.Text.Json;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Console;
using KlaviyoExport.Web.Tests.Api;

namespace KlaviyoExport.Web.Tests.Console;

/// <summary>
/// Commands against the real API of a running server. The server is its own: a configuration is applied only if nothing was changed since
/// its plan, and other tests change the shared one.
/// </summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class RealServerTests(DemoApi demo) : IClassFixture<DemoApi>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_run_is_started_followed_and_listed()
    {
        using var program = await demo.OpenAsync();
        await ApiClient.ReadAsync(await program.PostAsync("exports", await Api.ExportTests.InputAsync(program, "From the console")));

        var run = await CommandAsync("run", "from the console", "--wait", "--json");
        var runs = await CommandAsync("runs", "--export", "From the console", "--json");
        var status = await CommandAsync("status", "--json");

        // Some sample customers are refused.
        Assert.Equal((2, ""), (run.Code, run.Error));
        var result = JsonSerializer.Deserialize<JsonElement>(run.Output);
        Assert.Equal("warnings", result.GetProperty("result").GetString());
        Assert.Equal(2030, result.GetProperty("run").GetProperty("ledger").GetProperty("members").GetInt64());
        Assert.Equal(1, JsonSerializer.Deserialize<JsonElement>(runs.Output).GetProperty("items").GetArrayLength());
        Assert.Contains("From the console", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_token_may_not_do_is_refused_with_code_4()
    {
        var run = await CommandAsync(Role.Viewer, "run", "Newsletter readers to Klaviyo");

        Assert.Equal((4, ""), (run.Code, run.Output));
        Assert.Contains("role", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configuration_of_a_server_is_exported_planned_and_applied()
    {
        var file = Path.GetTempFileName();
        try
        {
            var exported = await CommandAsync("config", "export", file);
            var planned = await CommandAsync("config", "plan", file, "--json");
            var applied = await CommandAsync("config", "apply", file);
            await File.WriteAllTextAsync(file, "version: 1\nexports: 7\n", Cancel);
            var wrong = await CommandAsync("config", "plan", file);

            Assert.Equal((0, ""), (exported.Code, exported.Error));
            Assert.Equal(0, planned.Code);
            Assert.Equal((0, ""), (applied.Code, applied.Error));
            Assert.Equal(4, wrong.Code);
            Assert.StartsWith("2:", wrong.Error, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private Task<ConsoleRun> CommandAsync(params string[] args) => CommandAsync(Role.Administrator, args);

    private async Task<ConsoleRun> CommandAsync(Role role, params string[] args)
    {
        var secret = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(secret, await demo.SecretAsync(role), Cancel);
            return await ConsoleRun.OfAsync([.. args, "--server", demo.App.Address.AbsoluteUri, "--token-file", secret]);
        }
        finally
        {
            File.Delete(secret);
        }
    }
}
