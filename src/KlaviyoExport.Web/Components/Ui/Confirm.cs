using Microsoft.Extensions.Localization;
using Radzen;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>Asks the person to confirm an action that cannot be undone.</summary>
internal sealed class Confirm(DialogService dialogs, IStringLocalizer<Texts> texts)
{
    /// <summary>Shows the confirmation dialog.</summary>
    /// <param name="title">The question.</param>
    /// <param name="text">What the action does.</param>
    /// <param name="action">The text of the confirm button. It names the action, never "OK".</param>
    /// <param name="instead">The text of the other button. Null for "Cancel". Set it when the action itself cancels something.</param>
    /// <returns>Whether the person confirmed the action.</returns>
    public async Task<bool> AskAsync(string title, string text, string action, string? instead = null) =>
        await dialogs.Confirm(
            text,
            title,
            new ConfirmOptions
            {
                OkButtonText = action,
                CancelButtonText = instead ?? texts["Cancel"],
                CloseDialogOnEsc = true,
            }
        ) == true;
}
