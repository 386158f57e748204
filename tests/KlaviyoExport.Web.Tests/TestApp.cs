using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests;

/// <summary>The real application on a free port, with a data directory that is deleted with it.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    public const string Password = "correct horse battery";
    private readonly WebApplication _app;

    private TestApp(WebApplication app, string directory, StringWriter console) => (_app, Directory, Console) = (app, directory, console);

    public string Directory { get; }

    /// <summary>The console output.</summary>
    public StringWriter Console { get; }

    public IServiceProvider Services => _app.Services;

    public Uri Address => new(_app.Urls.First());

    public static Task<TestApp> StartAsync(params string[] settings) => StartAsync(_ => { }, settings);

    /// <param name="configure">Services of the test's own.</param>
    public static async Task<TestApp> StartAsync(Action<IServiceCollection> configure, params string[] settings)
    {
        var directory = System.IO.Directory.CreateTempSubdirectory("klaviyo-export-web-").FullName;
        try
        {
            // The demo fills new stores only.
            if (!settings.Contains("--Demo:Enabled=true"))
                await StorePlace.WriteSqliteAsync(directory);
            return await StartInAsync(directory, configure, settings);
        }
        catch
        {
            System.IO.Directory.Delete(directory, recursive: true);
            throw;
        }
    }

    public static Task<TestApp> StartInAsync(string directory, params string[] settings) => StartInAsync(directory, _ => { }, settings);

    private static async Task<TestApp> StartInAsync(string directory, Action<IServiceCollection> configure, string[] settings)
    {
        var console = new StringWriter();
        var app = await WebApp.CreateAsync(
            [
                "--urls=http://127.0.0.1:0",
                $"--DataDirectory={directory}",
                "--Demo:SandboxUrl=http://127.0.0.1:0",
                "--Serilog:MinimumLevel:Default=Error",
                "--Serilog:MinimumLevel:Override:Microsoft=Error",
                .. settings,
            ],
            builder =>
            {
                builder.Services.AddSingleton(new Announcer(console));
                // Passwords of tests need no expensive hash.
                builder.Services.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = 1);
                configure(builder.Services);
            }
        );
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new TestApp(app, directory, console);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds one account for each role, so that people can sign in.</summary>
    public static Task<TestApp> StartWithPeopleAsync(params string[] settings) => StartWithPeopleAsync(_ => { }, settings);

    /// <param name="configure">Services of the test's own.</param>
    public static async Task<TestApp> StartWithPeopleAsync(Action<IServiceCollection> configure, params string[] settings)
    {
        var app = await StartAsync(configure, settings);
        var token = app.SetupToken;
        await app.Services.GetRequiredService<FirstAdministrator>().CreateAsync(token, "First", "first@example.com", Password);
        foreach (var role in Enum.GetValues<Role>())
            await app.AddPersonAsync(role);
        return app;
    }

    /// <summary>Where a redirect leads: a path of this application, or the full address of another site.</summary>
    public string? LeadsTo(HttpResponseMessage response) =>
        response.Headers.Location is not { } location ? null
        : new Uri(Address, location) is var to && to.Authority == Address.Authority ? to.PathAndQuery
        : to.AbsoluteUri;

    public string SetupToken => Console.ToString().Split("/setup/")[1].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[0];

    public Browser Open() => new(Address);

    public async Task<Browser> SignInAsync(Role role)
    {
        var browser = Open();
        await browser.SubmitAsync("/sign-in", "sign-in", new() { ["Input.Email"] = EmailOf(role), ["Input.Password"] = Password });
        return browser;
    }

    public static string EmailOf(Role role) => $"{role.ToString().ToLowerInvariant()}@example.com";

    public Task<AppDb> OpenAsync() =>
        Services.GetRequiredService<IDbContextFactory<AppDb>>().CreateDbContextAsync(TestContext.Current.CancellationToken);

    /// <summary>One of its people, as the services see them.</summary>
    public async Task<Actor> ActorAsync(Role role)
    {
        await using var db = await OpenAsync();
        var user = await db.Set<AppUser>().SingleAsync(user => user.Email == EmailOf(role), TestContext.Current.CancellationToken);
        return new Actor(user.Id, user.DisplayName, user.Role);
    }

    /// <summary>Changes a person as the product does: role and security stamp together.</summary>
    public async Task ChangeAsync(Role who, Action<AppUser> change)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByEmailAsync(EmailOf(who)))!;
        change(user);
        await users.UpdateSecurityStampAsync(user);
    }

    /// <summary>Gives a person an authenticator app.</summary>
    /// <returns>Its key, in base 32.</returns>
    public async Task<string> AddAppAsync(Role who)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        var user = (await users.FindByEmailAsync(EmailOf(who)))!;
        await users.ResetAuthenticatorKeyAsync(user);
        await users.SetTwoFactorEnabledAsync(user, true);
        return (await users.GetAuthenticatorKeyAsync(user))!;
    }

    /// <summary>Makes new recovery codes for a person with an app.</summary>
    public async Task<string[]> RecoveryCodesAsync(Role who)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<AppUser>>();
        return [.. (await users.GenerateNewTwoFactorRecoveryCodesAsync((await users.FindByEmailAsync(EmailOf(who)))!, 10))!];
    }

    /// <summary>Stops the application and moves its data to another place.</summary>
    public async Task StopAndKeepAsync(string directory)
    {
        await StopAsync();
        System.IO.Directory.Move(Directory, directory);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (System.IO.Directory.Exists(Directory))
            System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task StopAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    public async Task AddPersonAsync(Role role)
    {
        await using var scope = Services.CreateAsyncScope();
        var result = await scope
            .ServiceProvider.GetRequiredService<UserManager<AppUser>>()
            .CreateAsync(
                new AppUser
                {
                    UserName = EmailOf(role),
                    Email = EmailOf(role),
                    DisplayName = role.ToString(),
                    Role = role,
                },
                Password
            );
        Assert.True(result.Succeeded);
    }
}
