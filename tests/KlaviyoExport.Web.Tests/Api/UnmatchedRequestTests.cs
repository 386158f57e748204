using System.Net;

namespace KlaviyoExport.Web.Tests.Api;

/// <summary>Requests that no endpoint takes say what is wrong with them.</summary>
public sealed class UnmatchedRequestTests(DemoApi demo)
{
    [Theory]
    [InlineData("PATCH", "exports", "GET, POST")]
    [InlineData("DELETE", "exports", "GET, POST")]
    [InlineData("POST", "exports/1", "DELETE, GET, PUT")]
    [InlineData("GET", "runs/1/cancel", "POST")]
    [InlineData("DELETE", "audit/", "GET")]
    public async Task A_method_that_an_address_does_not_have_is_refused_with_those_that_it_has(string method, string path, string allowed)
    {
        using var program = await demo.OpenAsync();
        using var response = await program.SendAsync(new HttpMethod(method), path, null);

        var (status, code, detail) = await ApiClient.ProblemAsync(response);
        Assert.Equal((405, "method-not-allowed"), (status, code));
        Assert.Contains(allowed, detail, StringComparison.Ordinal);
        Assert.Equal(allowed.Split(", "), response.Content.Headers.Allow.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("exports/one")]
    [InlineData("exports/1/nothing")]
    [InlineData("")]
    public async Task An_address_that_does_not_exist_is_not_found_with_any_method(string path)
    {
        using var program = await demo.OpenAsync();

        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete })
        {
            using var response = await program.SendAsync(method, path, null);
            Assert.Equal((404, "not-found"), ((int)response.StatusCode, (await ApiClient.ProblemAsync(response)).Code));
        }
    }

    [Fact]
    public async Task Content_of_another_kind_is_refused_as_such()
    {
        using var program = await demo.OpenAsync();
        // A text that is no JSON is sent as YAML.
        using var response = await program.PostAsync("exports", "name: x");

        Assert.Equal((415, "unsupported-content"), ((int)response.StatusCode, (await ApiClient.ProblemAsync(response)).Code));
    }

    [Theory]
    [InlineData("exports", "{")]
    [InlineData("configuration/plan", "x")]
    public async Task A_body_above_the_limit_is_refused_with_the_limit(string path, string start)
    {
        using var program = await demo.OpenAsync();
        // The server answers before it has read the body, and closes the connection.
        using var response = await program.PostAsync(path, start.PadRight(30_000_001), ("Expect", "100-continue"));

        var (status, code, detail) = await ApiClient.ProblemAsync(response);
        Assert.Equal((413, "too-large"), (status, code));
        Assert.Contains("30000000 bytes", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_nothing_is_said_about_addresses()
    {
        using var stranger = new ApiClient((await demo.StartAsync()).Address, secret: null);

        foreach (var path in new[] { "exports", "nothing" })
        {
            using var response = await stranger.SendAsync(HttpMethod.Patch, path, null);
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }
}
