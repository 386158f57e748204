using KlaviyoExport.Web;
using KlaviyoExport.Web.Setup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Browser.Tests;

/// <summary>
/// The application in the process of the tests, where its code is compiled once for all of them. Tests that stop or kill it use
/// <see cref="KlaviyoExport.Tests.AppProcess"/>.
/// </summary>
internal sealed class AppHere : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StringWriter _console;

    private AppHere(WebApplication app, StringWriter console) => (_app, _console) = (app, console);

    /// <summary>What it said when it started.</summary>
    public string Output => _console.ToString();

    /// <summary>Where it listens.</summary>
    public string Address => _app.Urls.Single();

    /// <param name="settings">As on the command line, without the dashes: <c>Demo:Enabled=true</c>.</param>
    public static async Task<AppHere> StartAsync(string dataDirectory, params string[] settings)
    {
        var console = new StringWriter();
        var app = await WebApp.CreateAsync(
            [
                "--environment=Production",
                "--urls=http://127.0.0.1:0",
                $"--DataDirectory={dataDirectory}",
                "--Serilog:MinimumLevel:Default=Error",
                "--Serilog:MinimumLevel:Override:Microsoft=Error",
                .. settings.Select(setting => "--" + setting),
            ],
            builder =>
            {
                builder.Services.AddSingleton(new Announcer(console));
                // Passwords of tests need no expensive hash.
                builder.Services.PostConfigure<PasswordHasherOptions>(options => options.IterationCount = 1);
            }
        );
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new AppHere(app, console);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns what it said after some words, up to the end of the line.</summary>
    public string Said(string words)
    {
        var line = Output.Split('\n').First(line => line.Contains(words, StringComparison.Ordinal));
        return line[(line.IndexOf(words, StringComparison.Ordinal) + words.Length)..].Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
