using System.Text.Json;
using KlaviyoExport.Tests.Console;

namespace KlaviyoExport.Web.Tests.Console;

/// <summary>Commands against a running server, over HTTP.</summary>
public sealed class ServerRunTests : IAsyncLifetime
{
    private StandInServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await StandInServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_wait_a_run_is_queued_and_its_number_written()
    {
        var run = await RunAsync("run", "Newsletter", "--json");

        Assert.Equal((0, ""), (run.Code, run.Error));
        var result = JsonSerializer.Deserialize<JsonElement>(run.Output);
        Assert.Equal("queued", result.GetProperty("result").GetString());
        Assert.Equal(
            ["id", "exportId", "export", "state", "isFinal", "outcome", "queuedAt", "startedAt", "endedAt", "progress", "ledger"],
            result.GetProperty("run").EnumerateObject().Select(property => property.Name)
        );
        Assert.Equal(["GET /base/api/v1/exports?name=Newsletter", "POST /base/api/v1/exports/7/runs"], _server.Requests);
    }

    [Theory]
    [InlineData("successful", 0)]
    [InlineData("CompletedWithWarnings", 2)]
    [InlineData("failedPermanent", 3)]
    [InlineData("canceled", 3)]
    [InlineData("skipped", 3)]
    [InlineData("needsApproval", 4)]
    public async Task With_wait_the_exit_code_tells_how_the_run_ended(string state, int code)
    {
        (_server.End, _server.Reads) = (state, 0);

        Assert.Equal(code, (await RunAsync("run", "newsletter", "--wait")).Code);
    }

    [Fact]
    public async Task A_server_that_restarts_meanwhile_does_not_end_the_wait()
    {
        _server.Reads = 0;
        _server.Faults.Enqueue(503);

        var run = await RunAsync("run", "Newsletter", "--wait");

        Assert.Equal((0, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task The_wait_ends_with_the_timeout()
    {
        _server.Reads = int.MaxValue;

        var run = await RunAsync("run", "Newsletter", "--wait", "--timeout", "0.3s", "--json");

        Assert.Equal(5, run.Code);
        Assert.Equal("running", JsonSerializer.Deserialize<JsonElement>(run.Output).GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("Newsletter 2", "You may not run this export.")]
    [InlineData("Nothing", "There is no export \"Nothing\".")]
    [InlineData("99", "There is no export \"99\".")]
    public async Task What_the_server_refuses_ends_with_code_4_and_its_reason(string export, string reason) =>
        Assert.Equal(new ConsoleRun(4, "", reason + Environment.NewLine), await RunAsync("run", export, "--json"));

    [Fact]
    public async Task An_export_can_be_named_by_its_id() => Assert.Equal(0, (await RunAsync("run", "7")).Code);

    [Fact]
    public async Task A_wrong_token_is_refused_and_a_missing_one_named()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "kex_wrong\n", TestContext.Current.CancellationToken);

        Assert.Equal(
            new ConsoleRun(4, "", "The token is not valid." + Environment.NewLine),
            await ConsoleRun.OfAsync("status", "--server", _server.Address + "/base", "--token-file", file)
        );
        var none = await ConsoleRun.OfAsync("status", "--server", _server.Address);
        Assert.Equal(1, none.Code);
        Assert.Contains("KLAVIYO_EXPORT_TOKEN", none.Error, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9", "refused")]
    [InlineData("export.example.com", "is not an address")]
    public async Task A_server_that_cannot_be_reached_is_a_fault(string server, string message)
    {
        var run = await ConsoleRun.OfAsync("status", "--server", server, "--token", StandInServer.Token);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains(message, run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Status_and_runs_are_shown_as_plain_tables_and_as_JSON()
    {
        var status = await RunAsync("status");
        var runs = await RunAsync("runs", "--export", "Newsletter", "--take", "5");

        Assert.Contains("Newsletter", status.Output, StringComparison.Ordinal);
        Assert.Contains("Successful", runs.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', status.Output + runs.Output);
        Assert.Contains("GET /base/api/v1/runs?limit=5&exportId=7", _server.Requests);
        Assert.Equal(
            ["exports", "sources", "segments"],
            JsonSerializer
                .Deserialize<JsonElement>((await RunAsync("status", "--json")).Output)
                .EnumerateObject()
                .Select(property => property.Name)
        );
        Assert.Equal(
            1,
            JsonSerializer.Deserialize<JsonElement>((await RunAsync("runs", "--json")).Output).GetProperty("items").GetArrayLength()
        );
    }

    private Task<ConsoleRun> RunAsync(params string[] args) =>
        ConsoleRun.OfAsync([.. args, "--server", _server.Address + "/base", "--token", StandInServer.Token]);
}
