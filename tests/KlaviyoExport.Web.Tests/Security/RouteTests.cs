using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>
/// The role that each page requires. A page that is not in the table fails a test; add it with the lowest role that may open it.
/// </summary>
public sealed class RouteTests(RouteTests.Signed signed) : IClassFixture<RouteTests.Signed>
{
    private static readonly Dictionary<string, Access> Table = new()
    {
        ["/"] = Access.SignedIn,
        ["/sign-in"] = Access.Anybody,
        ["/sign-in/code"] = Access.Anybody,
        ["/no-role"] = Access.Anybody,
        ["/setup/{Token}"] = Access.Anybody,
        ["/error"] = Access.Anybody,
        ["/not-found"] = Access.SignedIn,
        ["/too-many-pages"] = Access.SignedIn,
        ["/access-denied"] = Access.SignedIn,
        ["/exports"] = Access.SignedIn,
        ["/exports/new"] = Access.Contributor,
        ["/exports/schedule"] = Access.Contributor,
        ["/exports/{Id:int}"] = Access.SignedIn,
        ["/exports/{Id:int}/edit"] = Access.Contributor,
        ["/person"] = Access.Contributor,
        ["/runs"] = Access.SignedIn,
        ["/runs/{Id:int}"] = Access.SignedIn,
        ["/help"] = Access.SignedIn,
        ["/help/{*Page}"] = Access.SignedIn,
        ["/segments"] = Access.SignedIn,
        ["/segments/new"] = Access.Contributor,
        ["/segments/{Id:int}"] = Access.SignedIn,
        ["/segments/{Id:int}/edit"] = Access.Contributor,
        ["/sources"] = Access.Administrator,
        ["/sources/new"] = Access.Administrator,
        ["/sources/new/{KindName}"] = Access.Administrator,
        ["/sources/{Id:int}"] = Access.Administrator,
        ["/sources/{Id:int}/edit"] = Access.Administrator,
        ["/connections"] = Access.Administrator,
        ["/connections/discover"] = Access.Administrator,
        ["/connections/setup/{DraftId:int}"] = Access.Administrator,
        ["/connections/klaviyo/unknown"] = Access.Administrator,
        ["/connections/{Id:int}"] = Access.Administrator,
        ["/set-password"] = Access.Anybody,
        ["/account"] = Access.SignedIn,
        ["/account/security"] = Access.SignedIn,
        ["/account/alerts"] = Access.SignedIn,
        ["/account/tokens"] = Access.SignedIn,
        ["/alerts"] = Access.SignedIn,
        ["/forgot-password"] = Access.Anybody,
        ["/system/status"] = Access.SignedIn,
        ["/system/schedule"] = Access.Administrator,
        ["/system/alerts"] = Access.Administrator,
        ["/system/general"] = Access.Administrator,
        ["/system/about"] = Access.SignedIn,
        ["/system/permissions"] = Access.Administrator,
        ["/system/permissions/new"] = Access.Administrator,
        ["/system/permissions/new-service"] = Access.Administrator,
        ["/system/permissions/second-factor"] = Access.Administrator,
        ["/system/permissions/{Id}"] = Access.Administrator,
        ["/system/audit"] = Access.Administrator,
        ["/connections/{Id:int}/remove"] = Access.Administrator,
        ["/connections/{Id:int}/export-user"] = Access.Administrator,
        ["/connections/setup/{Id:int}/export-user"] = Access.Administrator,
    };

    public enum Access
    {
        Anybody,
        SignedIn,
        Contributor,
        Administrator,
    }

    public static TheoryData<string, Role?> Visits =>
        [
            .. Table.Keys.SelectMany(route =>
                Enum.GetValues<Role>()
                    .Select(role => (Role?)role)
                    .Prepend(null)
                    .Select(role => new TheoryDataRow<string, Role?>(route, role))
            ),
        ];

    [Fact]
    public void Every_page_is_in_the_table()
    {
        var pages = signed
            .App.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'));

        Assert.Equal(Table.Keys.Order(StringComparer.Ordinal), pages.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Visits))]
    public async Task A_page_opens_only_for_the_roles_it_is_for(string route, Role? role)
    {
        using var response = await signed
            .BrowserOf(role)
            .GetAsync(
                route
                    .Replace("{Id:int}", "1")
                    .Replace("{DraftId:int}", "1")
                    .Replace("{Id}", "x")
                    .Replace("{Token}", "x")
                    .Replace("{KindName}", "Csv")
                    .Replace("{*Page}", "quick-start")
            );
        Assert.True(response.StatusCode < HttpStatusCode.InternalServerError, $"{route} ends with {response.StatusCode}.");
        var to = response.Headers.Location is { } location ? new Uri(signed.App.Address, location).AbsolutePath : null;

        if (role is { } known ? May(known, Table[route]) : Table[route] == Access.Anybody)
            Assert.Null(to);
        else
            Assert.Equal(role is null ? "/sign-in" : "/access-denied", to);
    }

    [Theory]
    [InlineData("/no-such-page")]
    [InlineData("/_blazor/negotiate")]
    [InlineData("/sign-out")]
    public async Task Unknown_URLs_are_closed_to_visitors_too(string path)
    {
        using var browser = signed.App.Open();
        using var response = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/sign-in", new Uri(signed.App.Address, response.Headers.Location!).AbsolutePath);
    }

    [Theory]
    [InlineData("/no-such-page")]
    [InlineData("/runs/999")]
    [InlineData("/exports/999")]
    public async Task Unknown_URLs_get_a_404_with_a_page(string path)
    {
        using var response = await signed.BrowserOf(Role.Viewer).GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.NotEmpty((await Browser.ReadAsync(response)).QuerySelectorAll("h1"));
    }

    private static bool May(Role role, Access access) =>
        access switch
        {
            Access.Contributor => role >= Role.Contributor,
            Access.Administrator => role == Role.Administrator,
            _ => true,
        };

    public sealed class Signed : IAsyncLifetime
    {
        private readonly Dictionary<Role, Browser> _browsers = [];
        private Browser _stranger = default!;

        internal TestApp App { get; private set; } = default!;

        public async ValueTask InitializeAsync()
        {
            // As from a database server: a page that expects its answers at once fails.
            App = await TestApp.StartWithPeopleAsync(new StoreProbe { AnswersLater = true }.AddTo);
            _stranger = App.Open();
            foreach (var role in Enum.GetValues<Role>())
                _browsers[role] = await App.SignInAsync(role);
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var browser in _browsers.Values.Append(_stranger))
                browser.Dispose();
            await App.DisposeAsync();
        }

        internal Browser BrowserOf(Role? role) => role is { } known ? _browsers[known] : _stranger;
    }
}
