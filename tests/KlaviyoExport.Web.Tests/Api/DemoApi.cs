using KlaviyoExport.People;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;

[assembly: AssemblyFixture(typeof(DemoApi))]

namespace KlaviyoExport.Web.Tests.Api;

/// <summary>The application with its demo data and the sandbox Klaviyo, shared by the tests of the API. Tests add what they change.</summary>
public sealed class DemoApi : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<(Role, ApiScopes), string> _secrets = [];
    private TestApp? _app;

    internal TestApp App => _app!;

    /// <summary>Starts the application for the first test that needs it.</summary>
    internal async Task<TestApp> StartAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            return _app ??= await TestApp.StartAsync(
                "--Demo:Enabled=true",
                "--Api:RequestsPerMinute=100000",
                "--RateLimits:RefusedTokens=100000"
            );
        }
        finally
        {
            _gate.Release();
        }
    }

    internal async Task<Actor> ActorAsync(Role role)
    {
        await using var db = await App.OpenAsync();
        var email = $"{role.ToString().ToLowerInvariant()}@demo.example";
        var user = await db.Set<AppUser>().SingleAsync(user => user.Email == email, TestContext.Current.CancellationToken);
        return new Actor(user.Id, user.DisplayName, user.Role);
    }

    internal async Task<ApiClient> OpenAsync(Role role = Role.Administrator, ApiScopes scopes = ApiClient.AllScopes)
    {
        var secret = await SecretAsync(role, scopes);
        return new ApiClient(App.Address, secret);
    }

    /// <summary>A token of the person with the role.</summary>
    internal async Task<string> SecretAsync(Role role, ApiScopes scopes = ApiClient.AllScopes)
    {
        var app = await StartAsync();
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (!_secrets.TryGetValue((role, scopes), out var secret))
            {
                secret = await ApiClient.CreateAsync(app, await ActorAsync(role), scopes, role);
                _secrets[(role, scopes)] = secret;
            }
            return secret;
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _gate.Dispose();
    }
}
