using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Web.Hosting;
using KlaviyoExport.Web.Tests.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class ReadableQueryTests(RouteTests.Signed signed) : IClassFixture<RouteTests.Signed>
{
    /// <summary>Every page with a number, or a yes or no, in its address.</summary>
    public static TheoryData<string, string> Parameters =>
        [
            .. typeof(WebApp)
                .Assembly.GetTypes()
                .SelectMany(page =>
                    page.GetCustomAttributes(typeof(RouteAttribute), inherit: false)
                        .Cast<RouteAttribute>()
                        .SelectMany(route =>
                            ReadableQuery
                                .ParametersOf(page)
                                .Keys.Select(name => new TheoryDataRow<string, string>(
                                    route.Template.Replace("{Id:int}", "1", StringComparison.Ordinal),
                                    name
                                ))
                        )
                ),
        ];

    [Theory]
    [MemberData(nameof(Parameters))]
    public async Task A_value_that_a_page_cannot_read_is_left_out_of_the_address(string page, string name)
    {
        using var response = await signed
            .BrowserOf(Role.Administrator)
            .Http.GetAsync(new Uri($"{page}?text=a%26b&{name}=%3Cx%3E&{name}=7x", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal($"{page}?text=a%26b", response.Headers.Location?.OriginalString);
    }

    [Theory]
    [InlineData("/runs?export=1&page=2")]
    [InlineData("/runs?export=&text=x")]
    public async Task An_address_that_can_be_read_is_opened_as_it_is(string address)
    {
        using var response = await signed
            .BrowserOf(Role.Administrator)
            .Http.GetAsync(new Uri(address, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
