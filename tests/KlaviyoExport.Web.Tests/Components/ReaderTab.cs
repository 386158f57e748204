using System.Text;
using Bunit;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Tests.Components;

/// <summary>The reader's browser tab, of which a page keeps what is not saved: what unsaved.js does, without a browser.</summary>
internal sealed class ReaderTab(UiContext ui)
{
    /// <summary>What was kept last, sealed; null where nothing is, or it was forgotten.</summary>
    public string? Kept =>
        ui.JSInterop.Invocations.LastOrDefault(call => call.Identifier is "unsaved.keep" or "unsaved.forget")
            is { Identifier: "unsaved.keep" } call
            ? (string)call.Arguments[0]!
            : null;

    /// <summary>Loads the page anew, as after the circuit was lost: whichever page is opened next finds what was kept.</summary>
    public void Reload() => Bring(Kept ?? "");

    public void Bring(string kept) =>
        ui.JSInterop.Setup<IJSStreamReference?>("unsaved.take").SetResult(new Content(Encoding.UTF8.GetBytes(kept)));

    private sealed class Content(byte[] bytes) : IJSStreamReference
    {
        public long Length => bytes.Length;

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<Stream>(new MemoryStream(bytes));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
