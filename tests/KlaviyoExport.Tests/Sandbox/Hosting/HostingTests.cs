using System.Net.Http.Json;
using System.Text.Json;
using KlaviyoExport.Sandbox;

namespace KlaviyoExport.Tests.Sandbox.Hosting;

public sealed class HostingTests
{
    [Theory]
    [InlineData("GET", "/api/segments", 404)]
    [InlineData("DELETE", "/api/lists/Y6nRLr", 405)]
    [InlineData("PUT", "/api/profile-bulk-import-jobs", 405)]
    public async Task A_path_or_method_that_does_not_exist_is_answered_with_an_error_object(string method, string path, int status)
    {
        await using var server = await SandboxServer.StartAsync(
            new SandboxOptions { Url = "http://127.0.0.1:0" },
            TestContext.Current.CancellationToken
        );
        using var client = new HttpClient { BaseAddress = server.BaseAddress };
        using var response = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Parse(method), path),
            TestContext.Current.CancellationToken
        );
        Assert.Equal(status, (int)response.StatusCode);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal(status, answer.Error().GetProperty("status").GetInt32());
        if (status == 405)
            Assert.NotEmpty(response.Content.Headers.Allow);
    }

    [Fact]
    public async Task A_port_in_use_is_reported_at_start()
    {
        await using var first = await SandboxServer.StartAsync(
            new SandboxOptions { Url = "http://127.0.0.1:0" },
            TestContext.Current.CancellationToken
        );
        await Assert.ThrowsAnyAsync<IOException>(() =>
            SandboxServer.StartAsync(new SandboxOptions { Url = first.BaseAddress.ToString() }, TestContext.Current.CancellationToken)
        );
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://example.org:80")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("nonsense")]
    public async Task An_address_that_others_can_reach_is_refused_at_start(string url) =>
        await Assert.ThrowsAsync<System.ComponentModel.DataAnnotations.ValidationException>(() =>
            SandboxServer.StartAsync(new SandboxOptions { Url = url }, TestContext.Current.CancellationToken)
        );
}
