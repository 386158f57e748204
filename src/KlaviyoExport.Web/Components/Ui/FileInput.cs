using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>
/// A file input that is disabled until the browser listens to it, which takes one exchange with the server longer than other inputs.
/// <see cref="InputFile"/> would ignore a file that is chosen before.
/// </summary>
public sealed class FileInput : InputFile
{
    private bool _isHeard;

    [Parameter]
    public bool Disabled { get; set; }

    protected override void OnParametersSet() => Disable();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (!firstRender)
            return;
        _isHeard = true;
        Disable();
        StateHasChanged();
    }

    private void Disable() =>
        AdditionalAttributes = new Dictionary<string, object>(AdditionalAttributes ?? new Dictionary<string, object>())
        {
            ["disabled"] = Disabled || !_isHeard,
        };
}
