using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Components;

/// <summary>
/// Keeps an unsaved form in the reader's browser tab (unsaved.js), sealed for this person and page and for a day: no circuit, no restart,
/// not even a kill of the server loses it.
/// </summary>
internal sealed class UnsavedForms(IJSRuntime scripts, IDataProtectionProvider protection)
{
    private const int MaxBytes = 2_000_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    public async Task KeepAsync(string owner, string page, string form, CancellationToken cancellationToken) =>
        await scripts.InvokeVoidAsync("unsaved.keep", cancellationToken, Seal(owner, page).Protect(form, Lifetime));

    public async Task ForgetAsync(CancellationToken cancellationToken) =>
        await scripts.InvokeVoidAsync("unsaved.forget", cancellationToken);

    /// <summary>Types again what was being typed when the circuit was lost.</summary>
    public async Task RetypeAsync(CancellationToken cancellationToken) =>
        await scripts.InvokeVoidAsync("unsaved.retype", cancellationToken);

    /// <returns>Null where nothing is kept, or nothing of this person, or of too long ago.</returns>
    public async Task<string?> FindAsync(string owner, string page, CancellationToken cancellationToken)
    {
        // As a stream: an answer of a script may not be longer than one message.
        if (await scripts.InvokeAsync<IJSStreamReference?>("unsaved.take", cancellationToken) is not { } kept)
            return null;
        await using var stream = await kept.OpenReadStreamAsync(MaxBytes, cancellationToken);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var found = await reader.ReadToEndAsync(cancellationToken);
        try
        {
            return string.IsNullOrWhiteSpace(found) ? null : Seal(owner, page).Unprotect(found);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector Seal(string owner, string page) =>
        protection.CreateProtector("KlaviyoExport.UnsavedForms.v1", owner, page).ToTimeLimitedDataProtector();
}
