using KlaviyoExport.Dispatch;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>Shows an export with its schedule, its runs and its actions.</summary>
public sealed partial class ExportPage(
    ExportService exports,
    ExportQueries queries,
    DriftQueries columns,
    RunService runs,
    RunQueries history,
    NavigationManager location
)
{
    private const int PageSize = 20;
    private const int Charted = 30;
    private ExportDetails? _export;
    private DriftWarning? _drift;
    private IReadOnlyList<RunFacts> _runs = [];
    private IReadOnlyList<RunPoint> _points = [];
    private LocalizedMessage? _waits;
    private string? _done;
    private int _total;
    private bool _leavingFor;

    [Parameter]
    public int Id { get; set; }

    /// <summary>Whether the page was opened after saving the export.</summary>
    [SupplyParameterFromQuery]
    private bool Saved { get; set; }

    /// <summary>Another action that led to this page: "scheduled". Null for none.</summary>
    [SupplyParameterFromQuery]
    private string? Done { get; set; }

    /// <summary>The page number of the run table.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    private int? PageQuery { get; set; }

    [Inject]
    private ExportCommands Commands { get; set; } = default!;

    [Inject]
    private ListRuleTexts Rules { get; set; } = default!;

    [Inject]
    private FieldRuleTexts RuleTexts { get; set; } = default!;

    private int RunsPage => Math.Max(1, PageQuery ?? 1);

    protected override async Task LoadAsync()
    {
        _done =
            Saved ? T["SavedText"].Value
            : Done == "scheduled" ? T["Done.Scheduled"].Value
            : null;
        await ReadAsync();
    }

    private async Task ReadAsync()
    {
        var actor = await ActorAsync();
        _export = await queries.GetAsync(actor, Id, Leaving);
        _drift = await columns.OfExportAsync(Id, Leaving);
        _points = await history.HistoryAsync(actor, Id, Charted, Leaving);
        var page = await history.PageAsync(
            actor,
            new RunQuery
            {
                ExportId = Id,
                Page = RunsPage,
                PageSize = PageSize,
            },
            Leaving
        );
        (_runs, _total) = ([.. page.Rows.Select(row => row.Run)], page.Total);
        _waits = _export.ActiveRunId is { } active ? (await history.GetAsync(actor, active, Leaving)).WaitsFor?.Message : null;
    }

    private string AddressOf(int page) => page == 1 ? $"exports/{Id}" : $"exports/{Id}?page={page}";

    private async Task RunAsync() => location.NavigateTo($"runs/{await runs.StartAsync(await ActorAsync(), Id, Leaving)}");

    private async Task DuplicateAsync()
    {
        // Ignore a second click that arrives while the first is processed, so that only one copy is made.
        if (_leavingFor)
            return;
        _leavingFor = true;
        try
        {
            location.NavigateTo($"exports/{await exports.DuplicateAsync(await ActorAsync(), Id, Leaving)}/edit");
        }
        catch
        {
            _leavingFor = false;
            throw;
        }
    }

    private async Task DetachAsync()
    {
        if (_export is not { ConnectionName: { } connection } export)
            return;
        if (await Commands.DetachAsync(await ActorAsync(), Id, export.Draft.Name, connection, Leaving))
            _done = T["Done.Detached", export.Draft.Name];
        await ReadAsync();
    }

    private async Task RemoveAsync()
    {
        if (await Commands.RemoveAsync(await ActorAsync(), [Id], Leaving))
            LeaveFor("exports?done=removed");
    }
}
