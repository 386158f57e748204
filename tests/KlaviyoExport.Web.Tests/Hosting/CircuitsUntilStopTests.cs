using System.Net;
using KlaviyoExport.People;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class CircuitsUntilStopTests
{
    [Fact]
    public async Task A_page_that_reconnects_while_the_server_stops_gets_no_circuit()
    {
        await using var app = await TestApp.StartWithPeopleAsync();
        using var browser = await app.SignInAsync(Role.Viewer);
        HttpStatusCode Negotiate()
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.Address, "/_blazor/negotiate?negotiateVersion=1"));
            using var response = browser.Http.Send(request, TestContext.Current.CancellationToken);
            return response.StatusCode;
        }
        var before = Negotiate();
        HttpStatusCode? meanwhile = null;
        // The stop has begun, and the server still listens until this returns.
        var lifetime = app.Services.GetRequiredService<IHostApplicationLifetime>();
        await using var _ = lifetime.ApplicationStopping.Register(() => meanwhile = Negotiate());

        lifetime.StopApplication();

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable), (before, meanwhile));
    }
}
