using System.Text.Json;
using KlaviyoExport.Data;
using KlaviyoExport.Tests.Console;

namespace KlaviyoExport.Web.Tests.Console;

/// <summary>The commands about a running server, and its lock of the data directory.</summary>
public sealed class ServerCommandTests
{
    [Fact]
    public async Task A_server_is_asked_for_its_health_and_drained_and_resumed()
    {
        await using var app = await TestApp.StartAsync();
        var address = app.Address.ToString();

        Assert.Equal(new ConsoleRun(0, "Healthy" + Environment.NewLine, ""), await ConsoleRun.OfAsync("health", address));
        var drained = await ConsoleRun.OfAsync("drain", address, "--json");
        Assert.True(JsonSerializer.Deserialize<JsonElement>(drained.Output).GetProperty("draining").GetBoolean());
        var health = await ConsoleRun.OfAsync("health", address, "--json");
        Assert.Equal(1, health.Code);
        Assert.False(JsonSerializer.Deserialize<JsonElement>(health.Output).GetProperty("isReady").GetBoolean());
        Assert.Equal("{\"draining\":false,\"runs\":0}", (await ConsoleRun.OfAsync("resume", address)).Output.Trim());
        Assert.Equal(0, (await ConsoleRun.OfAsync("health", address)).Code);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_a_fault_on_the_standard_error()
    {
        var run = await ConsoleRun.OfAsync("health", "http://127.0.0.1:9");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith("http://127.0.0.1:9 does not answer", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_holds_the_data_directory_until_it_has_stopped()
    {
        await using var app = await TestApp.StartAsync();
        var kept = Path.Combine(Path.GetTempPath(), $"klaviyo-export-kept-{Guid.NewGuid():N}");
        Assert.Null(DirectoryLock.TryTake(app.Directory));

        await app.StopAndKeepAsync(kept);

        using (var held = DirectoryLock.TryTake(kept))
            Assert.NotNull(held);
        Directory.Delete(kept, recursive: true);
    }
}
