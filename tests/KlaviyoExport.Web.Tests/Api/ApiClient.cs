using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Api;

/// <summary>A program that uses the API with a token.</summary>
internal sealed class ApiClient : IDisposable
{
    public const ApiScopes AllScopes = ApiScopes.Read | ApiScopes.Run | ApiScopes.Edit | ApiScopes.PersonalData | ApiScopes.Administer;

    private readonly HttpClient _http;

    public ApiClient(Uri address, string? secret)
    {
        // A program that expects 100-continue sends the body after a second without an answer. A busy machine answers later.
        var patient = new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) };
        _http = new HttpClient(patient) { BaseAddress = new Uri(address, "/api/v1/") };
        if (secret is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
    }

    /// <summary>Creates a token of the actor, with the actor's role.</summary>
    public static async Task<ApiClient> OfAsync(TestApp app, Actor actor, ApiScopes scopes = AllScopes) =>
        new(app.Address, await CreateAsync(app, actor, scopes, actor.Role));

    /// <summary>Creates a token of the actor.</summary>
    public static async Task<string> CreateAsync(TestApp app, Actor actor, ApiScopes scopes, Role role) =>
        (
            await app
                .Services.GetRequiredService<ApiTokens>()
                .CreateAsync(actor, actor.Id, new NewApiToken($"{Guid.NewGuid():N}", role, scopes, 1), Cancel)
        ).Secret;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, path, null, headers);

    public Task<HttpResponseMessage> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, body, headers);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = body switch
            {
                string json when json.StartsWith('{') => new StringContent(json, Encoding.UTF8, "application/json"),
                string yaml => new StringContent(yaml, Encoding.UTF8, "application/yaml"),
                _ => JsonContent.Create(body),
            };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await _http.SendAsync(request, Cancel);
    }

    /// <summary>Reads the JSON of a response that must be successful.</summary>
    public static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    public async Task<JsonNode> ReadAsync(string path) => await ReadAsync(await GetAsync(path));

    /// <summary>Reads the problem of a response.</summary>
    public static async Task<(int Status, string Code, string Detail)> ProblemAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{response.StatusCode}: {text}");
        using var problem = JsonDocument.Parse(text);
        var root = problem.RootElement;
        Assert.Equal((int)response.StatusCode, root.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(root.GetProperty("title").GetString()));
        return ((int)response.StatusCode, root.GetProperty("code").GetString()!, root.GetProperty("detail").GetString()!);
    }

    public void Dispose() => _http.Dispose();
}
