using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.OAuth;
using KlaviyoExport.Tests.Alerts;
using KlaviyoExport.Web.Demo;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>
/// An installation for the guides, in which nobody and nothing is yet. The sandbox is its Klaviyo. It has no mail server and no OAuth app
/// until it is configured with them.
/// </summary>
internal sealed class NewInstallation : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("klaviyo-export-guide-").FullName;
    private readonly SandboxServer _sandbox;
    private AppHere? _app;

    private NewInstallation(SandboxServer sandbox) => (_sandbox, Klaviyo) = (sandbox, new(sandbox.BaseAddress.ToString()));

    public SandboxKlaviyo Klaviyo { get; }

    public MailServer Mail { get; } = MailServer.Start();

    /// <summary>The link with which the first administrator is created.</summary>
    public Uri SetupLink => new(_app!.Output.Split((char[]?)null).Single(word => word.Contains("/setup/", StringComparison.Ordinal)));

    /// <summary>A file of the server with 5,000 customers, which can be read as a source.</summary>
    public string Customers => Path.Combine(SourceFolder, "customers.csv");

    private string SourceFolder => Path.Combine(_directory, "files");

    public static async Task<NewInstallation> StartAsync()
    {
        var sandbox = await SandboxServer.StartAsync(new() { Url = "http://127.0.0.1:0" }, TestContext.Current.CancellationToken);
        var installation = new NewInstallation(sandbox);
        Directory.CreateDirectory(installation.SourceFolder);
        await File.WriteAllLinesAsync(
            installation.Customers,
            DemoCustomers.Lines(new DateOnly(2026, 11, 30)),
            TestContext.Current.CancellationToken
        );
        await installation.RunAsync([]);
        return installation;
    }

    /// <summary>Starts it again with everything that an administrator can configure for the guides.</summary>
    public async Task ConfigureAsync()
    {
        await _app!.DisposeAsync();
        await RunAsync([
            $"Sources:Roots:0={SourceFolder}",
            $"Klaviyo:OAuth:ClientId={SandboxApp.ClientId}",
            $"Klaviyo:OAuth:ClientSecret={SandboxApp.ClientSecret}",
            $"Klaviyo:OAuth:AuthorizeUrl={new Uri(_sandbox.BaseAddress, "oauth/authorize")}",
            $"Klaviyo:OAuth:TokenUrl={new Uri(_sandbox.BaseAddress, "oauth/token")}",
            $"Klaviyo:OAuth:RevokeUrl={new Uri(_sandbox.BaseAddress, "oauth/revoke")}",
            .. Mail.Settings.Select(setting => $"{setting.Key}={setting.Value}"),
        ]);
    }

    /// <summary>Opens the browser of a person who is not signed in.</summary>
    public Task<Visitor> VisitAsync(string browser) => Chromium.VisitAsync(_app!.Address, browser);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        Klaviyo.Dispose();
        await Mail.DisposeAsync();
        await _sandbox.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task RunAsync(IEnumerable<string> settings) =>
        _app = await AppHere.StartAsync(
            Path.Combine(_directory, "data"),
            [
                "Demo:Enabled=false",
                $"Klaviyo:BaseUrl={_sandbox.BaseAddress}",
                "Delivery:PollInterval=00:00:00.200",
                // All people of a test have one network address.
                "RateLimits:SignIns=1000",
                .. settings,
            ]
        );
}
