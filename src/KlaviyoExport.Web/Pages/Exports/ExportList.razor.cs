using KlaviyoExport.Connections;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>
/// Lists the exports, page by page. The filter is kept in the address, so that a view can be shared. Rows are updated while exports run.
/// </summary>
public sealed partial class ExportList(
    ExportService exports,
    ExportQueries queries,
    DriftQueries columns,
    ConnectionService connections,
    RunService runs,
    NavigationManager location,
    TimeProvider clock
)
{
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(300);

    /// <summary>The columns that a reader can hide. The name and the status always stay.</summary>
    private IReadOnlyList<(string Column, string Text)> HideableColumns =>
        [
            ("Type", T["Type"]),
            .. Columns
                .Where(column => column.Column is not (ExportColumn.Name or ExportColumn.Status))
                .Select(column => (column.Column.ToString(), T[column.Text].Value)),
            ("Permissions", T["Permissions"]),
        ];

    private static readonly (ExportColumn Column, string Text)[] Columns =
    [
        (ExportColumn.Name, "Name"),
        (ExportColumn.Connection, "Connection"),
        (ExportColumn.List, "List"),
        (ExportColumn.Status, "Status"),
        (ExportColumn.Refreshed, "Refreshed"),
        (ExportColumn.Schedule, "Schedule"),
        (ExportColumn.NextRun, "NextRun"),
    ];

    private readonly HashSet<int> _selected = [];
    private ExportQuery _query = new();
    private KlaviyoExport.Overview.ExportPage? _page;
    private RunAllResult? _outcome;
    private DriftWarnings _drift = DriftWarnings.None;
    private string? _done;
    private string? _search;
    private string? _asked;
    private int? _open;
    private int _typed;
    private bool _mayAdd;
    private bool _leavingFor;

    [SupplyParameterFromQuery(Name = "search")]
    private string? SearchQuery { get; set; }

    [SupplyParameterFromQuery(Name = "sort")]
    private string? SortQuery { get; set; }

    [SupplyParameterFromQuery(Name = "descending")]
    private bool DescendingQuery { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    private string? StateQuery { get; set; }

    [SupplyParameterFromQuery(Name = "page")]
    private int? PageQuery { get; set; }

    /// <summary>The action that led to this page: "removed" or "scheduled". Null for none.</summary>
    [SupplyParameterFromQuery(Name = "done")]
    private string? Done { get; set; }

    [Inject]
    private ExportCommands Commands { get; set; } = default!;

    [Inject]
    private IStringLocalizer<Runs.Texts> RunTexts { get; set; } = default!;

    private int _total => _page?.Total ?? 0;

    private bool IsFiltered => _query.Search is not null || _query.State is not null;

    // Whether the person may run a given export depends on its connection. This only excludes roles that may never run exports.
    private bool MayRunSome => Viewer is { } viewer && RunExports.Rule.Allows(viewer, shared: true);

    private bool MayEditSelected =>
        _page is { } page && page.Rows.Where(row => _selected.Contains(row.Id)).All(row => row.Permissions.MayEdit);

    private bool MayConnect => Viewer is { } viewer && ManageConnections.Rule.Allows(viewer);

    private string EmptyText =>
        _mayAdd ? T["EmptyCanAdd"]
        : Viewer?.Role.IsContributor() == true ? T["EmptyNoConnection"]
        : MayConnect ? T["NoConnectionsAdministrator"]
        : T["EmptyLook"];

    protected override async Task LoadAsync()
    {
        _query = ExportAddress.Read(SearchQuery, SortQuery, DescendingQuery, StateQuery, PageQuery);
        // The response to an earlier search must not overwrite what the person has typed since.
        if (_query.Search != _asked || _search is null)
            _search = _asked = _query.Search;
        _done = Done switch
        {
            "removed" => T["Done.Removed"].Value,
            "scheduled" => T["Done.Scheduled"].Value,
            _ => null,
        };
        _mayAdd = (await connections.ListUsableAsync(await ActorAsync(), Leaving)).Count > 0;
        await ReadAsync();
    }

    private Task RefreshAsync() => ReadAgainAsync(ReadAsync);

    private async Task ReadAsync()
    {
        _page = await queries.PageAsync(await ActorAsync(), _query, Leaving);
        _drift = await columns.AllAsync(Leaving);
        _selected.IntersectWith(_page.Rows.Select(row => row.Id));
    }

    private async Task SearchAsync(ChangeEventArgs change)
    {
        _search = change.Value as string ?? "";
        var typed = ++_typed;
        await Task.Delay(TypingPause, clock, Leaving);
        if (typed != _typed)
            return;
        _asked = string.IsNullOrWhiteSpace(_search) ? null : _search.Trim();
        location.NavigateTo(ExportAddress.Of(_query with { Search = _asked, Page = 1 }), replace: true);
    }

    private void FilterAsync(ChangeEventArgs change) =>
        location.NavigateTo(
            ExportAddress.Of(
                _query with
                {
                    State = Enum.TryParse<RunState>(change.Value as string, out var state) ? state : null,
                    Page = 1,
                }
            )
        );

    private void SortByAsync(ChangeEventArgs change) =>
        location.NavigateTo(
            ExportAddress.Of(
                _query with
                {
                    Sort = Enum.TryParse<ExportColumn>(change.Value as string, out var column) ? column : ExportColumn.Name,
                    Descending = false,
                    Page = 1,
                }
            )
        );

    private void Select(int id)
    {
        if (!_selected.Remove(id))
            _selected.Add(id);
    }

    private void SelectAll()
    {
        var all = _page!.Rows.Select(row => row.Id).ToList();
        if (_selected.Count == all.Count)
            _selected.Clear();
        else
            _selected.UnionWith(all);
    }

    private async Task RunAsync(ExportRow row) => location.NavigateTo($"runs/{await runs.StartAsync(await ActorAsync(), row.Id, Leaving)}");

    private async Task RunSelectedAsync()
    {
        _outcome = await runs.StartManyAsync(await ActorAsync(), [.. _selected], Leaving);
        _selected.Clear();
        await ReadAsync();
    }

    private void ScheduleSelected() => LeaveFor("exports/schedule?" + string.Join('&', _selected.Order().Select(id => $"id={id}")));

    private async Task RunAllAsync()
    {
        _outcome = await runs.StartAllAsync(await ActorAsync(), Leaving);
        await ReadAsync();
    }

    private async Task DuplicateAsync(ExportRow row)
    {
        // Ignore a second click that arrives while the first is processed, so that only one copy is made.
        if (_leavingFor)
            return;
        _leavingFor = true;
        try
        {
            location.NavigateTo($"exports/{await exports.DuplicateAsync(await ActorAsync(), row.Id, Leaving)}/edit");
        }
        catch
        {
            _leavingFor = false;
            throw;
        }
    }

    private async Task DetachAsync(ExportRow row)
    {
        if (await Commands.DetachAsync(await ActorAsync(), row.Id, row.Name, row.ConnectionName ?? "", Leaving))
            (_done, _outcome) = (T["Done.Detached", row.Name], null);
        await ReadAsync();
    }

    private async Task RemoveAsync(IReadOnlyList<int> ids)
    {
        if (!await Commands.RemoveAsync(await ActorAsync(), ids, Leaving))
            return;
        (_done, _outcome, _open) = (T["Done.Removed"], null, null);
        await ReadAsync();
    }
}
