using Microsoft.Extensions.Localization;
using Radzen;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>Asks before something that cannot be taken back.</summary>
internal sealed class Confirm(DialogService dialogs, IStringLocalizer<Texts> texts)
{
    /// <param name="title">The question.</param>
    /// <param name="text">What will happen.</param>
    /// <param name="deed">What the button says: the deed itself, never "OK".</param>
    /// <param name="instead">What the other button says, where "Cancel" could be taken for the deed.</param>
    public async Task<bool> AskAsync(string title, string text, string deed, string? instead = null) =>
        await dialogs.Confirm(
            text,
            title,
            new ConfirmOptions
            {
                OkButtonText = deed,
                CancelButtonText = instead ?? texts["Cancel"],
                CloseDialogOnEsc = true,
            }
        ) == true;
}
