using KlaviyoExport.Connections;
using KlaviyoExport.Overview;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace KlaviyoExport.Web.Pages.Connections;

public sealed partial class ConnectionList(
    ConnectionQueries queries,
    ConnectionDrafts drafts,
    NavigationManager location,
    IJSRuntime browser
)
{
    private static readonly (ConnectionOrder Order, string Text)[] Columns =
    [
        (ConnectionOrder.Name, "Name"),
        (ConnectionOrder.Account, "KlaviyoAccount"),
        (ConnectionOrder.Created, "Created"),
        (ConnectionOrder.Access, "Access"),
        (ConnectionOrder.Health, "Health"),
        (ConnectionOrder.Exports, "Exports"),
        (ConnectionOrder.ExportUser, "ExportUserColumn"),
    ];

    private ConnectionView _view = new();
    private IReadOnlyList<ConnectionRow>? _rows;
    private IReadOnlyList<DraftRow> _drafts = [];

    [SupplyParameterFromQuery(Name = "sort")]
    private string? SortQuery { get; set; }

    [SupplyParameterFromQuery(Name = "desc")]
    private bool DescendingQuery { get; set; }

    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchQuery { get; set; }

    /// <summary>The action that led to this page: "saved". Null for none.</summary>
    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    private string? DoneText => Done == "saved" ? T["Done.Saved"].Value : null;

    private IReadOnlyList<ConnectionRow> Shown => _view.Apply(_rows ?? []);

    private string Search
    {
        get => _view.Search;
        set => _view = _view with { Search = value };
    }

    protected override async Task LoadAsync()
    {
        _view = ConnectionView.Of(SortQuery, DescendingQuery, SearchQuery);
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var actor = await ActorAsync();
        _drafts = await drafts.MineAsync(actor, Leaving);
        _rows = await queries.ListAsync(actor, Leaving);
    }

    private Task SortAsync(ConnectionOrder order)
    {
        _view = _view.By(order);
        return KeepAsync();
    }

    private Task SortByAsync(ChangeEventArgs change)
    {
        _view = ConnectionView.Of(change.Value as string, descending: false, _view.Search);
        return KeepAsync();
    }

    // Do not navigate: that would move the keyboard focus to the title of the page.
    private async Task KeepAsync() =>
        await browser.InvokeVoidAsync(
            "history.replaceState",
            Leaving,
            null,
            "",
            location.GetUriWithQueryParameters("connections", _view.ToQuery())
        );

    private async Task DiscardAsync(DraftRow draft)
    {
        if (!await Confirm.AskAsync(T["DiscardTitle"], T["DiscardText"], T["Discard"], T["DiscardNot"]))
            return;
        await drafts.DiscardAsync(await ActorAsync(), draft.Id, Leaving);
        await ReadAsync();
    }

    private string AccessOf(ConnectionRow row) =>
        row.Sharing switch
        {
            Sharing.AllContributors => T["Access.AllContributors"],
            Sharing.ChosenContributors => T["Access.Chosen", string.Join(", ", row.SharedWith)],
            _ => T["Access.Administrators"],
        };
}
