namespace KlaviyoExport.Web.Tests;

/// <summary>Applications with people, one for each choice of settings, for the tests of a class that leave them as they were.</summary>
public sealed class SharedApps : IAsyncDisposable
{
    private readonly Dictionary<string, TestApp> _apps = [];

    internal async Task<TestApp> WithPeopleAsync(params string[] settings)
    {
        var choice = string.Join('\n', settings);
        if (!_apps.TryGetValue(choice, out var app))
            _apps[choice] = app = await TestApp.StartWithPeopleAsync(settings);
        return app;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps.Values)
            await app.DisposeAsync();
    }
}
