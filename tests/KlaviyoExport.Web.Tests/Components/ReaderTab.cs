using System.Text;
using Bunit;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Tests.Components;

/// <summary>The browser tab that keeps unsaved values: replaces unsaved.js in tests without a browser.</summary>
internal sealed class ReaderTab(UiContext ui)
{
    /// <summary>The encrypted values that were kept last. Null if there are none.</summary>
    public string? Kept =>
        ui.JSInterop.Invocations.LastOrDefault(call => call.Identifier is "unsaved.keep" or "unsaved.forget")
            is { Identifier: "unsaved.keep" } call
            ? (string)call.Arguments[0]!
            : null;

    /// <summary>Reloads the page, as after a lost circuit: the next page that is opened finds the kept values.</summary>
    public void Reload() => Bring(Kept ?? "");

    public void Bring(string kept)
    {
        ui.JSInterop.Setup<bool>("unsaved.isKept").SetResult(kept.Length > 0);
        ui.JSInterop.Setup<IJSStreamReference>("unsaved.take").SetResult(new Content(Encoding.UTF8.GetBytes(kept)));
    }

    private sealed class Content(byte[] bytes) : IJSStreamReference
    {
        public long Length => bytes.Length;

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<Stream>(new MemoryStream(bytes));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
