using System.Net;
using KlaviyoExport.People;
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
    private static readonly Dictionary<string, Access> Table = new()
    {
        ["* /_blazor"] = Access.SignedIn,
        ["* /_blazor/disconnect/"] = Access.SignedIn,
        ["* /_blazor/initializers/"] = Access.SignedIn,
        ["* /_blazor/negotiate"] = Access.SignedIn,
        ["GET /_framework/opaque-redirect"] = Access.SignedIn,
        ["GET /{**path:file}"] = Access.Anybody,
        ["HEAD /{**path:file}"] = Access.Anybody,
        ["* /health"] = Access.Anybody,
        ["* /health/live"] = Access.Anybody,
        ["* /health/ready"] = Access.Anybody,
        ["GET /health/drain"] = Access.ThisMachine,
        ["PUT /health/drain"] = Access.ThisMachine,
        ["DELETE /health/drain"] = Access.ThisMachine,
        ["GET /api/docs/favicon.svg"] = Access.Anybody,
        ["GET /api/docs/scalar.aspnetcore.js"] = Access.Anybody,
        ["GET /api/docs/scalar.js"] = Access.Anybody,
        ["GET /api/docs/{documentName?}"] = Access.SignedIn,
        ["GET /api/openapi/{documentName}.json"] = Access.Anybody,
        ["GET /help/pictures/{**path}"] = Access.SignedIn,
        ["POST /language"] = Access.Anybody,
        ["POST /theme"] = Access.Anybody,
        ["POST /sign-in/passkey"] = Access.Anybody,
        ["POST /sign-out"] = Access.SignedIn,
        ["POST /account/security/passkey"] = Access.SignedIn,
        ["GET /connections/klaviyo/callback"] = Access.Administrator,
        ["GET /runs/{id:int}/list-check.csv"] = Access.SignedIn,
        ["GET /runs/{id:int}/rejected-profiles.csv"] = Access.SignedIn,
        ["GET /runs/{id:int}/rejections.csv"] = Access.SignedIn,
        ["GET /sources/{id:int}/malformed-rows.csv"] = Access.Administrator,
        ["GET /system/audit/entries.csv"] = Access.Administrator,
        ["GET /system/audit/entries.json"] = Access.Administrator,
    };

    public enum Access
    {
        /// <summary>Everybody who reaches the server.</summary>
        Anybody,

        /// <summary>Whoever is signed in. What it shows depends on the permissions, which the services check.</summary>
        SignedIn,

        /// <summary>Administrators.</summary>
        Administrator,

        /// <summary>Whoever works on the machine of the server. See Cluster/DrainTests.</summary>
        ThisMachine,
    }

    public static TheoryData<string, Role?> Visits =>
        [
            .. Table
                .Keys.Where(endpoint => Table[endpoint] != Access.ThisMachine)
                .SelectMany(endpoint =>
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

        Assert.Equal(Lines(Table.Keys), Lines(endpoints.Distinct()));
    }

    [Theory]
    [MemberData(nameof(Visits))]
    public async Task An_endpoint_answers_only_the_people_it_is_for(string endpoint, Role? role)
    {
        var method = endpoint.Split(' ')[0];
        using var request = new HttpRequestMessage(
            new HttpMethod(method == "*" ? "GET" : method),
            new Uri(
                endpoint
                    .Split(' ')[1]
                    .Replace("{id:int}", "1", StringComparison.Ordinal)
                    .Replace("{documentName?}", "", StringComparison.Ordinal)
                    .Replace("{documentName}", "v1", StringComparison.Ordinal)
                    .Replace("{**path:file}", "app.css", StringComparison.Ordinal),
                UriKind.Relative
            )
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

    private static string Lines(IEnumerable<string> endpoints) => string.Join('\n', endpoints.Order(StringComparer.Ordinal));
}
