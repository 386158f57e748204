using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Components.Ui;

internal static class ElementFocus
{
    /// <summary>
    /// Moves the focus to an element. Does nothing when the reader has left the page in the meantime: the element is gone then, and an
    /// exception would end the circuit, which the next page uses too.
    /// </summary>
    public static async Task FocusIfPresentAsync(this ElementReference element)
    {
        try
        {
            await element.FocusAsync();
        }
        catch (Exception fault) when (fault is JSException or JSDisconnectedException)
        {
            // The focus is a convenience.
        }
    }
}
