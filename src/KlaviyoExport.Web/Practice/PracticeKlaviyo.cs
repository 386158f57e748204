using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using KlaviyoExport.Cluster;
using KlaviyoExport.Data;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Web.Demo;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Practice;

/// <summary>
/// The practice Klaviyo: a sandbox on a free loopback port of this process, which keeps what it receives in the data directory. It is started
/// by its first call. Its key is random and never stored, and it serves no pages, so that no other program of the machine can read it.
/// </summary>
internal sealed class PracticeKlaviyo(
    IOptions<PracticeOptions> options,
    IOptions<DemoOptions> demo,
    IOptions<ClusterOptions> cluster,
    IOptions<StoreOptions> store
) : IPracticeKlaviyo, IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _key = "pk_practice" + RandomNumberGenerator.GetHexString(32, lowercase: true);
    private SandboxServer? _sandbox;

    // The servers of a cluster would each have their own. In demo mode, the only Klaviyo is a sandbox anyway.
    public bool IsOffered => options.Value.Enabled && !cluster.Value.Enabled && !demo.Value.Enabled;

    private string Folder => Path.Combine(store.Value.DataDirectory, "practice");

    public async Task<PracticeAddress> StartAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _sandbox) is { } running)
            return new PracticeAddress(running.BaseAddress, _key);
        if (!IsOffered)
            throw Unavailable("This installation has no practice Klaviyo.");
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _sandbox ??= await BeginAsync(cancellationToken);
            return new PracticeAddress(_sandbox.BaseAddress, _key);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or ValidationException)
        {
            throw Unavailable("The practice Klaviyo cannot start.", fault);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task EraseAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await StopAsync();
            if (Directory.Exists(Folder))
                Directory.Delete(Folder, recursive: true);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _turn.Dispose();
    }

    private static KlaviyoUnavailableException Unavailable(string message, Exception? inner = null) =>
        new(UnavailableReason.NoPractice, message, inner);

    private Task<SandboxServer> BeginAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        return SandboxServer.StartAsync(
            new SandboxOptions
            {
                Url = "http://127.0.0.1:0",
                DataFile = Path.Combine(Folder, "klaviyo.journal"),
                ServesPages = false,
                Accounts = [PracticeStore.Seed with { Keys = [new KeySeed(_key, "Practice", Scopes.All)] }],
                Apps = [],
            },
            cancellationToken
        );
    }

    private async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _sandbox, null) is { } running)
            await running.DisposeAsync();
    }
}
