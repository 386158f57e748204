using System.Text.RegularExpressions;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Role = KlaviyoExport.People.Role;

namespace KlaviyoExport.Web.Tests.Mcp;

/// <summary>An assistant that connects with the client of the protocol's own SDK.</summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed partial class McpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_off_unless_it_is_turned_on_and_then_needs_a_token()
    {
        await using var off = await TestApp.StartWithPeopleAsync();
        await using var on = await TestApp.StartWithPeopleAsync("--Mcp:Enabled=true");
        var secret = await ApiClient.CreateAsync(off, await off.ActorAsync(Role.Administrator), ApiScopes.Read, Role.Administrator);

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(off, secret));
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(on, "kex_unknown"));
    }

    [Fact]
    public async Task An_assistant_reads_explains_and_runs_as_far_as_its_token_permits()
    {
        await using var app = await TestApp.StartAsync("--Demo:Enabled=true", "--Mcp:Enabled=true");
        await using var reader = await ConnectAsync(app, await TokenAsync(app, ApiScopes.Read));
        await using var runner = await ConnectAsync(app, await TokenAsync(app, ApiScopes.Read | ApiScopes.Run));
        var reading = (await reader.ListToolsAsync(cancellationToken: Cancel)).Select(tool => tool.Name).ToList();
        var running = (await runner.ListToolsAsync(cancellationToken: Cancel)).Select(tool => tool.Name).ToList();

        Assert.Equal(["forecast", "get_run", "get_status", "list_exports", "list_runs", "why_person"], reading.Order());
        Assert.Equal(reading.Append("run_export").Order(), running.Order());

        Assert.Contains("Newsletter readers to Klaviyo", await CallAsync(reader, "list_exports"), StringComparison.Ordinal);
        Assert.Contains("3147", await CallAsync(reader, "forecast", ("exportId", 1)), StringComparison.Ordinal);
        Assert.True((await reader.CallToolAsync("run_export", Arguments(("exportId", 1)), cancellationToken: Cancel)).IsError);

        var started = await CallAsync(runner, "run_export", ("exportId", 1));
        var run = int.Parse(Id().Match(started).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
        using var program = new ApiClient(app.Address, await TokenAsync(app, ApiScopes.Read));
        await ApiClient.ReadAsync(await program.GetAsync($"runs/{run}", ("Prefer", "wait=60")));
        var (ended, why) = (
            await CallAsync(reader, "get_run", ("runId", run)),
            await CallAsync(reader, "why_person", ("profileKey", "C-00001"))
        );

        Assert.Contains("\"isFinal\":true", ended, StringComparison.Ordinal);
        Assert.Contains("\"finding\"", why, StringComparison.Ordinal);
        Assert.All([ended, why, started], text => Assert.DoesNotMatch(@"[^\s""]@\w", text));
        var asked = await reader.CallToolAsync("why_person", Arguments(("profileKey", "ana@shop.example")), cancellationToken: Cancel);
        Assert.True(asked.IsError);
    }

    private static async Task<string> TokenAsync(TestApp app, ApiScopes scopes)
    {
        await using var db = await app.OpenAsync();
        var user = await db.Set<AppUser>().SingleAsync(user => user.Email == "administrator@demo.example", Cancel);
        return await ApiClient.CreateAsync(app, new Actor(user.Id, user.DisplayName, user.Role), scopes, user.Role);
    }

    private static Task<McpClient> ConnectAsync(TestApp app, string secret) =>
        McpClient.CreateAsync(
            new HttpClientTransport(
                new HttpClientTransportOptions
                {
                    Endpoint = new Uri(app.Address, "/mcp"),
                    TransportMode = HttpTransportMode.StreamableHttp,
                    AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + secret },
                }
            ),
            cancellationToken: Cancel
        );

    private static async Task<string> CallAsync(McpClient client, string tool, params (string Name, object? Value)[] arguments)
    {
        var result = await client.CallToolAsync(tool, Arguments(arguments), cancellationToken: Cancel);
        var text = string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));
        Assert.False(result.IsError == true, text);
        return text;
    }

    private static Dictionary<string, object?> Arguments(params (string Name, object? Value)[] arguments) =>
        arguments.ToDictionary(argument => argument.Name, argument => argument.Value);

    [GeneratedRegex("\"id\":(\\d+)")]
    private static partial Regex Id();
}
