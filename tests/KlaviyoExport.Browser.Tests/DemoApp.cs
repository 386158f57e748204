using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The demo, as a new user starts it.</summary>
public sealed partial class DemoApp : IAsyncLifetime
{
    public const string Password = "practice-makes-perfect";

    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-demo-").FullName;
    private readonly Lazy<Task<string>> _finishedRun;
    private AppHere? _app;

    public DemoApp() => _finishedRun = new(RunReadyExportAsync);

    /// <summary>The folder whose files can be read as sources.</summary>
    public string SourceFolder => Path.Combine(_directory, "customers");

    public string Address { get; private set; } = "";

    internal SandboxKlaviyo Klaviyo { get; private set; } = null!;

    /// <summary>The path of an ended run of the demo's export. The first caller starts the run.</summary>
    public Task<string> FinishedRun => _finishedRun.Value;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(SourceFolder);
        _app = await AppHere.StartAsync(
            Path.Combine(_directory, "data"),
            "Demo:Enabled=true",
            "Demo:SandboxUrl=http://127.0.0.1:0",
            $"Sources:Roots:0={SourceFolder}",
            "Delivery:PollInterval=00:00:00.200",
            // All tests share four people and one network address.
            "Circuits:PerPerson=1000",
            "RateLimits:SignIns=10000",
            "RateLimits:Downloads=10000",
            "RateLimits:ExpensivePages=10000",
            "RateLimits:ExpensiveActions=10000"
        );
        Klaviyo = new SandboxKlaviyo(_app.Said("The sandbox Klaviyo is at "));
        Address = _app.Said("Klaviyo Export is at ");
    }

    /// <summary>Opens a browser that is not signed in.</summary>
    public Task<Visitor> VisitAsync(string language = "en-GB", ColorScheme scheme = ColorScheme.Light, string? timeZone = null) =>
        Chromium.VisitAsync(Address, language, scheme, timeZone);

    /// <summary>Opens a browser that is signed in as one of the demo's people.</summary>
    public async Task<Visitor> SignInAsync(
        string role,
        string language = "en-GB",
        ColorScheme scheme = ColorScheme.Light,
        string? timeZone = null
    )
    {
        var visitor = await VisitAsync(language, scheme, timeZone);
        await visitor.SignInUnseenAsync($"{role}@demo.example", Password, language);
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        Klaviyo?.Dispose();
        if (_app is not null)
            await _app.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<string> RunReadyExportAsync()
    {
        await using var contributor = await SignInAsync("contributor");
        await contributor.Page.GotoAsync("/exports");
        await contributor.Page.Row("Newsletter readers to Klaviyo").GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Assertions.Expect(contributor.Page).ToHaveURLAsync(RunAddress());
        await contributor.Page.EndsAsync("Completed with warnings");
        return new Uri(contributor.Page.Url).AbsolutePath;
    }

    [GeneratedRegex(@"/runs/\d+$")]
    private static partial Regex RunAddress();
}
