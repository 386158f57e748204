using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Keeps unsaved changes of a form in the browser tab (unsaved.js), encrypted for one person and page, for one day. They survive the loss
/// of the circuit and a restart or crash of the server.
/// </summary>
internal sealed class UnsavedForms(IJSRuntime scripts, IDataProtectionProvider protection)
{
    private const int MaxBytes = 2_000_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    public async Task KeepAsync(string owner, string page, string form, CancellationToken cancellationToken) =>
        await scripts.InvokeVoidAsync("unsaved.keep", cancellationToken, Seal(owner, page).Protect(form, Lifetime));

    public async Task ForgetAsync(CancellationToken cancellationToken) =>
        await scripts.InvokeVoidAsync("unsaved.forget", cancellationToken);

    /// <summary>Restores the value of the field that the person was typing in when the circuit was lost.</summary>
    public async Task RetypeAsync(CancellationToken cancellationToken) =>
        await scripts.InvokeVoidAsync("unsaved.retype", cancellationToken);

    /// <returns>The unsaved changes. Null when there are none, when they belong to another person, and when they have expired.</returns>
    public async Task<string?> FindAsync(string owner, string page, CancellationToken cancellationToken)
    {
        if (!await scripts.InvokeAsync<bool>("unsaved.isKept", cancellationToken))
            return null;
        // Read as a stream, because the size of an ordinary script result is limited to one SignalR message.
        var kept = await scripts.InvokeAsync<IJSStreamReference>("unsaved.take", cancellationToken);
        await using var stream = await kept.OpenReadStreamAsync(MaxBytes, cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var found = await reader.ReadToEndAsync(cancellationToken);
        try
        {
            return Seal(owner, page).Unprotect(found);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector Seal(string owner, string page) =>
        protection.CreateProtector("KlaviyoExport.UnsavedForms.v1", owner, page).ToTimeLimitedDataProtector();
}
