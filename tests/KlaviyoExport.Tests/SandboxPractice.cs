using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sandbox.Accounts;

namespace KlaviyoExport.Tests;

/// <summary>A sandbox of a test as the practice Klaviyo.</summary>
internal sealed class SandboxPractice(Uri address) : IPracticeKlaviyo
{
    public bool IsOffered => true;

    public Task<PracticeAddress> StartAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new PracticeAddress(address, PracticeStore.FullKey));

    public Task EraseAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
