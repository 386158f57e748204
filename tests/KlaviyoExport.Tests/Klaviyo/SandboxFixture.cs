using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>A sandbox of the test, and the client as the product registers it.</summary>
internal sealed class SandboxFixture : IAsyncDisposable
{
    private SandboxFixture(SandboxServer sandbox, ClientRig rig) => (Sandbox, Rig) = (sandbox, rig);

    public SandboxServer Sandbox { get; }

    public ClientRig Rig { get; }

    public KlaviyoClient Client => Rig.Client;

    public KlaviyoCredential Key { get; } = KlaviyoCredential.FromPrivateKey(PracticeStore.FullKey, PracticeStore.Id);

    public IReadOnlyList<int> Statuses => [.. Sandbox.State.Requests.Select(request => request.Status)];

    public static async Task<SandboxFixture> StartAsync(TimeProvider? clock = null, params (string Key, string Value)[] settings)
    {
        var options = new SandboxOptions
        {
            Url = "http://127.0.0.1:0",
            JobPace = TimeSpan.FromMilliseconds(1),
            RememberedRequests = 100_000,
            Clock = clock ?? TimeProvider.System,
        };
        var sandbox = await SandboxServer.StartAsync(options, default);
        return new(sandbox, new ClientRig(sandbox.BaseAddress.ToString(), clock, settings));
    }

    /// <summary>Sends profiles named p0, p1 and so on, and finishes their job.</summary>
    public async Task<string> ImportAsync(int count, string domain = "import.example")
    {
        using var writer = new ProfileWriter([ProfilePath.Email, ProfilePath.Parse("first_name")]);
        var profiles = Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)writer.Write($"p{i}@{domain}", $"Ана {i}"));
        var job = (await Client.ImportAsync(Key, ImportBody.Assemble(PracticeStore.Newsletter, profiles), default)).ValueOrThrow().JobId;
        Sandbox.State.FinishJobs();
        return job;
    }

    public async ValueTask DisposeAsync()
    {
        Rig.Dispose();
        await Sandbox.DisposeAsync();
    }
}
