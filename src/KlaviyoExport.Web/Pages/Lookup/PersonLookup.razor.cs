using System.Globalization;
using KlaviyoExport.Lists.Traces;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Pages.Lookup;

/// <summary>
/// Tells why a person is or is not on the lists. Administrators also download or erase here what is stored about the person.
/// </summary>
public sealed partial class PersonLookup(PersonQueries queries, PersonDataService data, IJSRuntime browser)
{
    private string? _typed;
    private string? _missing;
    private string? _sought;
    private string? _done;
    private bool _searching;
    private IReadOnlyList<PersonAtExport>? _found;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    private async Task FindAsync()
    {
        (_done, _found) = (null, null);
        var text = _typed?.Trim();
        _missing = string.IsNullOrEmpty(text) ? T["PersonMissing"].Value : null;
        if (_missing is not null)
            return;
        _searching = true;
        StateHasChanged();
        try
        {
            _found = await queries.FindAsync(await CountedActorAsync(), text!, Leaving);
            _sought = text;
        }
        finally
        {
            _searching = false;
        }
    }

    private async Task DownloadAsync()
    {
        _done = null;
        var file = await data.DownloadAsync(await CountedActorAsync(), _sought!, Leaving);
        using var stream = new DotNetStreamReference(new MemoryStream(file));
        await browser.InvokeVoidAsync("files.save", Leaving, "person-data.json", "application/json", stream);
    }

    private async Task EraseAsync()
    {
        _done = null;
        var stored = await data.CountAsync(await CountedActorAsync(), _sought!, Leaving);
        if (stored.Total == 0)
        {
            _done = T["NothingStored"];
            return;
        }
        if (!await Confirm.AskAsync(T["EraseTitle"], TextOf("EraseText", stored), T["EraseAction"]))
            return;
        var erased = await data.EraseAsync(await ActorAsync(), _sought!, Leaving);
        _found = await queries.FindAsync(await ActorAsync(), _sought!, Leaving);
        _done = TextOf("Erased", erased);
    }

    private string TextOf(string key, PersonDataCounts counts) =>
        T[key, Number(counts.Memberships), Number(counts.Rejections), Number(counts.Removed), Number(counts.Differences)];

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);
}
