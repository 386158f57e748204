using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Privacy;

/// <summary>Opens every page and downloads every file in every role, and reads everything that the API has.</summary>
internal sealed class Visits(JourneyPlace place, Journey journey, Haystack haystack)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task VisitAllAsync()
    {
        var routes = place
            .App.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not { } some || some.HttpMethods.Contains("GET"))
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.Trim('/'))
            .Distinct()
            .Where(route => !route.Contains('*', StringComparison.Ordinal) && !route.StartsWith("/_", StringComparison.Ordinal))
            .ToList();
        Assert.True(routes.Count > 80, $"{routes.Count} routes");
        foreach (var route in routes.Where(route => !route.StartsWith("/api/v1", StringComparison.Ordinal)))
        foreach (var (role, browser) in journey.Browsers)
            await KeepAsync($"page of {role}: {route}", await browser.GetAsync(PathOf(route)));
        foreach (var route in routes.Where(route => route.StartsWith("/api/v1", StringComparison.Ordinal)))
        {
            await KeepAsync($"API with all scopes: {route}", await AskAsync(journey.FullToken, PathOf(route)));
            await KeepAsync($"API with scope read: {route}", await AskAsync(journey.ReadToken, PathOf(route)));
        }
        await KeepAsync("metrics", await AskAsync(JourneyPlace.MetricsToken, "/metrics"));
    }

    private string PathOf(string route) =>
        route
            .Replace("{DraftId:int}", $"{journey.Draft}", StringComparison.Ordinal)
            .Replace("{KindName}", "Csv", StringComparison.Ordinal)
            .Replace("{Token}", "x", StringComparison.Ordinal)
            .Replace("{documentName}", "v1", StringComparison.Ordinal)
            .Replace("{documentName?}", "", StringComparison.Ordinal)
            .Replace("{Id}", "x", StringComparison.Ordinal)
            .Replace("{Id:int}", $"{IdIn(route)}", StringComparison.Ordinal)
            .Replace("{id:int}", $"{IdIn(route)}", StringComparison.Ordinal);

    private int IdIn(string route) =>
        route switch
        {
            _ when route.Contains("/setup/", StringComparison.Ordinal) => journey.Draft,
            _ when route.Contains("exports/", StringComparison.Ordinal) => journey.Export,
            _ when route.Contains("runs/", StringComparison.Ordinal) => journey.Run,
            _ when route.Contains("segments/", StringComparison.Ordinal) => journey.Segment,
            _ when route.Contains("sources/", StringComparison.Ordinal) => journey.Source,
            _ => journey.Connection,
        };

    private async Task<HttpResponseMessage> AskAsync(string token, string path)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(place.App.Address, path));
        request.Headers.Add("Authorization", $"Bearer {token}");
        return await http.SendAsync(request, Cancel);
    }

    private async Task KeepAsync(string name, HttpResponseMessage response)
    {
        using (response)
        {
            haystack.Add(name, await response.Content.ReadAsByteArrayAsync(Cancel));
            haystack.Add(name, response.Headers.Location?.ToString() ?? "");
        }
    }
}
