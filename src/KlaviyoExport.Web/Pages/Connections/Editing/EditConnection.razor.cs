using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Secrets;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Connections.Editing;

public sealed partial class EditConnection(
    ConnectionService connections,
    ConnectionRemoval removal,
    KlaviyoSignIns signIns,
    ProfileCap cap,
    NavigationManager location
)
{
    private EditForm _form = default!;
    private ConnectionDetails? _stored;
    private IReadOnlyList<Contributor> _contributors = [];
    private IReadOnlyList<ExportInUse> _exports = [];
    private bool _atKlaviyo;
    private bool _conflict;
    private bool _saving;
    private bool _leaving;

    [Parameter]
    public int Id { get; set; }

    private string KeyHint =>
        _stored switch
        {
            { KeyFrom: { } place } => T["KeyNowElsewhere", SecretPlace.MessageOf(place).ForReader()],
            { ApiKeyEnding: { Length: > 0 } ending } => T["KeyKept", ending],
            _ => T["KeyKeptNoEnding"],
        };

    private string MaxProfilesHint => T["MaxProfilesHint", Number(KlaviyoOptions.MostProfilesPerExport), Number(cap.Of(null, null).Max)];

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);

    protected override FormState Form => new FormState<EditForm.FormState>(() => _form.Read(), filled => _form.Write(filled));

    protected override async Task LoadAsync()
    {
        var actor = await ActorAsync();
        _contributors = await connections.ContributorsAsync(actor, Leaving);
        _exports = await removal.ExportsOfAsync(actor, Id, Leaving);
        _stored = await connections.GetAsync(actor, Id, Leaving);
        _form = new(_stored);
    }

    private void Share(SharingChoice.Choice choice) => (_form.Sharing, _form.Chosen) = (choice.Sharing, choice.Contributors);

    private async Task SaveAsync()
    {
        // The Enter key submits a form even if its button is disabled.
        if (_form.Missing is not null)
            return;
        (_atKlaviyo, _conflict, _saving) = (false, false, _form.ApiKey.Length > 0);
        try
        {
            await connections.SaveAsync(await CountedActorAsync(), _form.ToChanges(), Leaving);
        }
        catch (ChangedMeanwhileException)
        {
            // Keeps the unsaved changes on the page until the reader decides what to do with them.
            _conflict = true;
            throw;
        }
        finally
        {
            _saving = false;
        }
        _leaving = true;
        await SavedAsync();
        location.NavigateTo("connections?done=saved");
    }

    private async Task ReloadAsync()
    {
        _conflict = false;
        await LoadAsync();
        await SavedAsync();
    }

    private async Task SignInAsync()
    {
        _atKlaviyo = true;
        location.NavigateTo(
            (await signIns.BeginForConnectionAsync(await ActorAsync(), Id, KlaviyoCallback.Of(location.BaseUri), Leaving)).AbsoluteUri,
            forceLoad: true
        );
    }
}
