using System.Net;
using System.Net.WebSockets;
using KlaviyoExport.People;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class OwnOriginTests(SharedApps apps) : IClassFixture<SharedApps>
{
    private const string Negotiate = "/_blazor/negotiate?negotiateVersion=1";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("https://127.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData(null, HttpStatusCode.OK)]
    [InlineData("own", HttpStatusCode.OK)]
    public async Task A_page_of_another_site_gets_no_circuit(string? origin, HttpStatusCode expected)
    {
        var app = await apps.WithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Administrator);

        Assert.Equal(expected, await NegotiateAsync(browser, origin == "own" ? app.Address.GetLeftPart(UriPartial.Authority) : origin));
    }

    [Theory]
    [InlineData("/_blazor")]
    [InlineData("/exports")]
    public async Task A_page_of_another_site_opens_no_web_socket(string path)
    {
        var app = await apps.WithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Administrator);

        using var foreign = new ClientWebSocket();
        await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(foreign, app, path, browser, "https://evil.example"));

        Assert.Equal(HttpStatusCode.Forbidden, foreign.HttpStatusCode);
    }

    [Fact]
    public async Task A_page_of_this_site_opens_a_web_socket()
    {
        var app = await apps.WithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Administrator);

        using var own = new ClientWebSocket();
        await ConnectAsync(own, app, "/_blazor", browser, app.Address.GetLeftPart(UriPartial.Authority));

        Assert.Equal(WebSocketState.Open, own.State);
    }

    /// <summary>The visitor has no session, so a connection that is not refused because of its origin is refused because of that.</summary>
    [Theory]
    [InlineData("https://exports.shop.example", "exports.shop.example", HttpStatusCode.Unauthorized)]
    [InlineData("https://exports.shop.example", "exports.shop.example:443", HttpStatusCode.Unauthorized)]
    [InlineData("https://exports.shop.example:8443", "exports.shop.example:8443", HttpStatusCode.Unauthorized)]
    [InlineData("http://exports.shop.example", "exports.shop.example", HttpStatusCode.Forbidden)]
    [InlineData("https://exports.shop.example:8443", "exports.shop.example", HttpStatusCode.Forbidden)]
    [InlineData("https://shop.example", "exports.shop.example", HttpStatusCode.Forbidden)]
    public async Task Behind_a_proxy_the_origin_is_the_one_that_the_browser_sees(string origin, string host, HttpStatusCode expected)
    {
        var app = await apps.WithPeopleAsync("--Proxy:Addresses:0=127.0.0.1");
        using var browser = app.Open();

        var status = await NegotiateAsync(
            browser,
            origin,
            ("X-Forwarded-For", "198.51.100.7"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", host)
        );

        Assert.Equal(expected, status);
    }

    private static Task ConnectAsync(ClientWebSocket socket, TestApp app, string path, Browser browser, string origin)
    {
        socket.Options.SetRequestHeader("Origin", origin);
        socket.Options.Cookies = browser.Cookies;
        socket.Options.CollectHttpResponseDetails = true;
        return socket.ConnectAsync(new UriBuilder(app.Address) { Scheme = "ws", Path = path }.Uri, Cancel);
    }

    private static async Task<HttpStatusCode> NegotiateAsync(Browser browser, string? origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Negotiate);
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await browser.Http.SendAsync(request, Cancel);
        return response.StatusCode;
    }
}
