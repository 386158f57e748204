using System.Net;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>
/// Who may use the endpoints that are neither pages (see <see cref="RouteTests"/>) nor of the API (see Api/RoleTests). An endpoint that is
/// not in the table fails a test.
/// </summary>
public sealed class EndpointTests(RouteTests.Signed signed) : IClassFixture<RouteTests.Signed>
{
    private static readonly Dictionary<string, Access> Table = new() { ["GET /health"] = Access.Anybody };

    public enum Access
    {
        /// <summary>Everybody who reaches the server.</summary>
        Anybody,

        /// <summary>Whoever is signed in. What it shows depends on the permissions, which the services check.</summary>
        SignedIn,

        /// <summary>Administrators.</summary>
        Administrator,
    }

    public static TheoryData<string, Role?> Visits =>
        [
            .. Table.Keys.SelectMany(endpoint =>
                Enum.GetValues<Role>()
                    .Select(role => (Role?)role)
                    .Prepend(null)
                    .Select(role => new TheoryDataRow<string, Role?>(endpoint, role))
            ),
        ];

    [Fact]
    public void Every_endpoint_is_in_the_table()
    {
        var endpoints = signed
            .App.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is null
                && endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
                && !endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/v1", StringComparison.Ordinal)
            )
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.DefaultIfEmpty("*") ?? ["*"]).Select(method =>
                    $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}"
                )
            );

        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), endpoints.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Visits))]
    public async Task An_endpoint_answers_only_the_people_it_is_for(string endpoint, Role? role)
    {
        var method = endpoint.Split(' ')[0];
        using var request = new HttpRequestMessage(
            new HttpMethod(method == "*" ? "GET" : method),
            new Uri(endpoint.Split(' ')[1].Replace("{id:int}", "1", StringComparison.Ordinal), UriKind.Relative)
        );
        using var response = await signed.BrowserOf(role).Http.SendAsync(request, TestContext.Current.CancellationToken);
        var to = response.Headers.Location is { } location ? new Uri(signed.App.Address, location).AbsolutePath : null;
        var isRefused =
            to is "/sign-in" or "/access-denied" || response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;

        Assert.Equal(
            Table[endpoint] switch
            {
                Access.Anybody => false,
                Access.SignedIn => role is null,
                _ => role != Role.Administrator,
            },
            isRefused
        );
    }
}
