using System.Net;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Security.Providers;

/// <summary>The application with a provider of the test. The provider's person has the email address of the operator.</summary>
[Trait(Needs.Trait, Needs.Provider)]
public abstract class ProviderTest : IAsyncLifetime
{
    private TestApp? _app;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected SmallProvider Provider { get; set; } = default!;

    private protected TestApp App
    {
        get => _app!;
        set => _app = value;
    }

    public virtual async ValueTask InitializeAsync()
    {
        Provider = await SmallProvider.StartAsync();
        Provider.Email = TestApp.EmailOf(Role.Operator);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        await Provider.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task StartAsync(params string[] settings) =>
        App = await TestApp.StartWithPeopleAsync([.. Provider.Settings, .. settings]);

    /// <summary>The address at which a new browser ends.</summary>
    protected async Task<string> ArrivesAsync(string path = "/sign-in/provider")
    {
        using var browser = App.Open();
        using var response = await browser.FollowAsync(path);
        return response.RequestMessage!.RequestUri!.AbsolutePath;
    }

    /// <summary>The message of the sign-in page for a new browser that was refused.</summary>
    protected async Task<string> RefusedAsync(string path = "/sign-in/provider")
    {
        using var browser = App.Open();
        using var response = await browser.FollowAsync(path);
        Assert.Equal("/sign-in", response.RequestMessage!.RequestUri!.AbsolutePath);
        using var after = await browser.GetAsync("/exports");
        Assert.Equal(HttpStatusCode.Redirect, after.StatusCode);
        return await AlertAsync(response);
    }

    private protected async Task<AppUser> UserAsync(string email)
    {
        await using var db = await App.OpenAsync();
        return await db.Set<AppUser>().AsNoTracking().SingleAsync(user => user.Email == email, Cancel);
    }

    private protected async Task<int> CountAsync<T>(Func<Data.AppDb, DbSet<T>> table)
        where T : class
    {
        await using var db = await App.OpenAsync();
        return await table(db).CountAsync(Cancel);
    }

    protected static async Task<string> AlertAsync(HttpResponseMessage response) =>
        (await Browser.ReadAsync(response)).QuerySelector("main [role=alert] p")!.TextContent;
}
