using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Localization;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>Shows and changes the language and the format of the installation.</summary>
public sealed partial class GeneralPage(TimeProvider clock)
{
    private GeneralSettings _stored = new(null, null);
    private string? _language = "";
    private string? _format = "";
    private bool _conflict;
    private string? _done;

    [Inject]
    private General General { get; set; } = default!;

    private GeneralSettings Wanted => new(Given(_language), Given(_format));

    private bool IsDirty => Loaded && Wanted != _stored;

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The culture of the preview.</summary>
    private CultureInfo Shown => Formats.Find(Wanted.Format) ?? Languages.Find(Wanted.Language) ?? CultureInfo.CurrentUICulture;

    protected override FormState Form =>
        new FormState<Filled>(
            () => new(_stored, _language, _format),
            filled => (_stored, _language, _format) = (filled.Stored, filled.Language, filled.Format)
        );

    protected override async Task LoadAsync()
    {
        _stored = await General.GetAsync(Leaving);
        (_language, _format) = (_stored.Language ?? "", _stored.Format ?? "");
    }

    private static string? Given(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private async Task SaveAsync()
    {
        if (!IsDirty)
            return;
        (_done, _conflict) = (null, false);
        try
        {
            await General.SaveAsync(await ActorAsync(), Wanted, _stored, Leaving);
        }
        catch (ChangedMeanwhileException)
        {
            _conflict = true;
            throw;
        }
        _stored = Wanted;
        await SavedAsync();
        _done = T["GeneralSaved"];
    }

    private async Task ReloadAsync()
    {
        (_done, _conflict) = (null, false);
        await LoadAsync();
        await SavedAsync();
    }

    private sealed record Filled(GeneralSettings Stored, string? Language, string? Format);
}
