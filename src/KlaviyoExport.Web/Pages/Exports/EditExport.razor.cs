using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Web.Components;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Exports;

public sealed partial class EditExport(
    ExportService exports,
    ConnectionService connections,
    SegmentService segments,
    ProfileCap cap,
    NavigationManager location
)
{
    private ExportForm _form = new();
    private ExportDetails? _theirs;
    private (string Field, string Text)? _wrong;
    private IReadOnlyList<UsableConnection> _connections = [];
    private IReadOnlyList<MatchableSource> _sources = [];
    private IReadOnlyList<SegmentLine> _segments = [];

    /// <summary>The id of the export. Null for a new export.</summary>
    [Parameter]
    public int? Id { get; set; }

    [Inject]
    private MatchableSources Matchable { get; set; } = default!;

    [Inject]
    private ListRuleTexts Rules { get; set; } = default!;

    [Inject]
    private FieldRuleTexts RuleTexts { get; set; } = default!;

    private bool MayConnect => Viewer is { } viewer && ManageConnections.Rule.Allows(viewer);

    private ProfileLimit Limit =>
        _connections.FirstOrDefault(connection => connection.Id == _form.ConnectionId) is { } connection
            ? cap.Of(connection.MaxProfilesPerExport, connection.Name)
            : cap.Of(null, null);

    private MatchableSource? Source => _sources.FirstOrDefault(source => source.Id == _form.SourceId);

    protected override FormState Form => new FormState<ExportForm.FormState>(() => _form.Read(), filled => _form = ExportForm.Of(filled));

    protected override async Task LoadAsync()
    {
        var actor = await ActorAsync();
        _connections = await connections.ListUsableAsync(actor, Leaving);
        _sources = await Matchable.ListAsync(actor, Leaving);
        _segments = await segments.ListAsync(Leaving);
        if (Id is { } id)
            _form = ExportForm.Of((await exports.GetAsync(actor, id, Leaving)).Draft);
        else if (_connections.Count == 1)
            _form.ConnectionId = _connections[0].Id;
        if (Id is null && _sources.Count == 1)
            _form.ChangeSource(_sources[0]);
        if (Id is null)
            _form.Begin();
    }

    private IReadOnlyList<ExportDifference> Differences =>
        _theirs is null
            ? []
            : new ExportDifferences(
                id => _connections.FirstOrDefault(connection => connection.Id == id)?.Name ?? T["NoConnection"],
                id => _sources.FirstOrDefault(source => source.Id == id)?.Name ?? "–",
                ids => string.Join(", ", _segments.Where(segment => ids.Contains(segment.Id)).Select(segment => segment.Name)),
                mode => T[$"SyncMode.{mode}"],
                audience => AudienceText.Of(audience, T),
                Rules,
                RuleTexts
            ).Between(_theirs.Draft, _form);

    private string? Wrong(string field) => _wrong is { } wrong && wrong.Field == field ? wrong.Text : null;

    private void Take(ExportDifference difference) => difference.TakeTheirs(_form);

    private void Drop() => (_form, _theirs, _wrong) = (ExportForm.Of(_theirs!.Draft), null, null);

    private void ForgetList() => _form.List = null;

    private void ChangeSource(ChangeEventArgs change) =>
        _form.ChangeSource(
            int.TryParse(change.Value as string, CultureInfo.InvariantCulture, out var id)
                ? _sources.FirstOrDefault(source => source.Id == id)
                : null
        );

    private async Task SaveAsync()
    {
        // The Enter key submits a form even if its button is disabled.
        if (_form.Missing(Limit.Max).Any())
            return;
        _wrong = null;
        try
        {
            var id = await exports.SaveAsync(await ActorAsync(), _form.ToDraft(), Leaving);
            _form.Begin();
            await SavedAsync();
            location.NavigateTo($"exports/{id}?saved=true");
        }
        catch (ExportConflictException conflict)
        {
            // The next save overwrites exactly the version that is now shown for comparison, and no later one.
            (_theirs, _form.OverwriteVersion) = (conflict.Theirs, conflict.Theirs.Draft.Version);
        }
        catch (LocalizedException exception) when (FieldOf(exception) is { } field)
        {
            _wrong = (field, exception.LocalizedMessage.ForReader());
        }
    }

    /// <summary>Returns the field that a message belongs to. Null when it does not belong to a single field.</summary>
    private static string? FieldOf(LocalizedException exception) =>
        exception switch
        {
            ExportInvalidException { Part: var part } => part switch
            {
                ExportPart.Name => "name",
                ExportPart.Connection => "connection",
                ExportPart.List => "list",
                ExportPart.Source => "source",
                ExportPart.Email => "email",
                ExportPart.Fields => "fields",
                ExportPart.ApprovalShare => "approval-share",
                ExportPart.ApprovalAtLeast => "approval-at-least",
                _ => "segments",
            },
            ConnectionGoneException => "connection",
            ListMissingException => "list",
            _ => null,
        };
}
