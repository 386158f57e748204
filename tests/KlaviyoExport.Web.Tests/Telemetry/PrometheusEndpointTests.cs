using System.Net;
using System.Net.Http.Headers;
using KlaviyoExport.Tests.Telemetry;

namespace KlaviyoExport.Web.Tests.Telemetry;

public sealed class PrometheusEndpointTests
{
    private const string Enabled = "--Telemetry:Prometheus:Enabled=true";
    private const string Token = "a-token-of-the-tests-for-scrapes";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task By_default_there_are_no_metrics()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(People.Role.Administrator);
        using var response = await browser.GetAsync("/metrics");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Without_a_token_only_this_machine_gets_metrics()
    {
        await using var app = await TestApp.StartAsync(Enabled, "--Proxy:Addresses:0=127.0.0.1");

        using var direct = await AskAsync(app);
        using var proxied = await AskAsync(app, request => request.Headers.Add("X-Forwarded-For", "203.0.113.7"));
        using var elsewhere = await AskAsync(app, request => request.Headers.Add("X-Forwarded-For", "127.0.0.1"));

        Assert.Equal(HttpStatusCode.OK, direct.StatusCode);
        Assert.Contains("klaviyo_export_node_runs", new PrometheusText(await direct.Content.ReadAsStringAsync(Cancel)).Names);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (proxied.StatusCode, elsewhere.StatusCode));
        Assert.DoesNotContain("klaviyo_export", await proxied.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer a-token-of-the-tests-for-scrape", HttpStatusCode.Unauthorized)]
    [InlineData("Basic " + Token, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer " + Token, HttpStatusCode.OK)]
    public async Task With_a_token_whoever_has_it_gets_metrics(string? authorization, HttpStatusCode status)
    {
        await using var app = await TestApp.StartWithPeopleAsync(Enabled, $"--Telemetry:Prometheus:Token={Token}");
        using var response = await AskAsync(
            app,
            request =>
            {
                request.Headers.Add("X-Forwarded-For", "203.0.113.7");
                request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);
            }
        );

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(
            status == HttpStatusCode.OK,
            (await response.Content.ReadAsStringAsync(Cancel)).Contains("klaviyo_export_node_runs", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Circuits_and_pages_are_measured_by_route()
    {
        await using var app = await TestApp.StartWithPeopleAsync(Enabled);
        using var browser = await app.SignInAsync(People.Role.Viewer);
        (await browser.GetAsync("/exports?search=ana@example.com")).Dispose();
        using var response = await AskAsync(app);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.True(new PrometheusText(text).Sum("http_server_request_duration_seconds_count", "http_route", "/exports") >= 1);
        Assert.DoesNotContain("ana@example.com", text, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> AskAsync(TestApp app, Action<HttpRequestMessage>? change = null)
    {
        using var browser = app.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        change?.Invoke(request);
        return await browser.Http.SendAsync(request, Cancel);
    }
}
