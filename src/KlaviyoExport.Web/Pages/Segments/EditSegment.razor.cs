using System.Globalization;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Components;
using KlaviyoExport.Web.Components.Ui;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Segments;

public sealed partial class EditSegment(
    SegmentService segments,
    PartCounts parts,
    SourceService sources,
    TimeProvider clock,
    NavigationManager location
)
{
    private const int FirstMembers = 20;
    private const int PreviewedFields = 5;

    /// <summary>The pause after the last change before the members are counted.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> NoTables = new Dictionary<string, IReadOnlyList<string>>();

    private SegmentForm _form = new();
    private IReadOnlyList<SourceChoice> _sources = [];
    private IReadOnlyDictionary<string, IReadOnlyList<string>> _tables = NoTables;
    private IReadOnlyList<SegmentFault> _faults = [];
    private IReadOnlyList<string> _previewFields = [];
    private IReadOnlyList<Profile> _first = [];
    private CancellationTokenSource? _count;
    private long? _members;
    private string? _countProblem;
    private bool _counting;
    private bool _attempted;
    private IReadOnlyList<SegmentLine> _all = [];
    private IReadOnlyList<PartCount> _parts = [];
    private bool _showsParts;
    private bool _countingParts;

    /// <summary>The id of the segment. Null for a new segment.</summary>
    [Parameter]
    public int? Id { get; set; }

    private SourceChoice? Source => _sources.FirstOrDefault(source => source.Id == _form.SourceId);

    private SegmentEditing Editing =>
        new(
            [.. _all.Where(segment => segment.SourceId == _form.SourceId && segment.Id != Id)],
            _showsParts ? _parts : [],
            _showsParts && (_counting || _countingParts)
        );

    private bool MayAddSource => Viewer is { } viewer && ManageSources.Rule.Allows(viewer);

    private string? Missing =>
        this switch
        {
            { _form.Name: var name } when name.Trim().Length == 0 => "Missing.Name",
            { Source: null } => "Missing.Source",
            _ => null,
        };

    protected override FormState Form =>
        new FormState<SegmentForm>(
            () => _form,
            filled =>
            {
                _form = filled;
                Changed();
                _ = ReadTablesLaterAsync();
            }
        );

    protected override async Task LoadAsync()
    {
        _sources = await sources.ChoicesAsync(Leaving);
        _all = await segments.ListAsync(Leaving);
        if (Id is { } id)
            _form = SegmentForm.Of(await segments.GetAsync(id, Leaving));
        else if (_sources.Count == 1)
            _form.ChangeSource(_sources[0].Id);
        // Read the source only when the circuit is connected, and beside the form. The page then appears at once, and opens even if the
        // source cannot be read.
        if (RendererInfo.IsInteractive && Source is not null)
        {
            Judge();
            Count();
            _ = ReadTablesLaterAsync();
        }
    }

    protected override void Dispose(bool disposing)
    {
        _count?.Cancel();
        _count?.Dispose();
        base.Dispose(disposing);
    }

    private async Task ChangeSourceAsync(ChangeEventArgs change)
    {
        _form.ChangeSource(int.TryParse(change.Value as string, CultureInfo.InvariantCulture, out var id) ? id : null);
        await ReadTablesAsync();
        Changed();
    }

    private async Task ReadTablesLaterAsync()
    {
        await TryAsync(ReadTablesAsync);
        if (!Leaving.IsCancellationRequested)
            StateHasChanged();
    }

    private async Task ReadTablesAsync()
    {
        _tables = NoTables;
        if (Source is { } source && source.Kind.HasTables())
            _tables = await sources.TablesAsync(await ActorAsync(), source.Id, Leaving);
    }

    private void ChooseWay(bool membership)
    {
        _form.IsMembership = membership;
        Changed();
    }

    private void Changed()
    {
        Judge();
        Count();
    }

    /// <summary>Validates the definition. Missing input is reported only after the first attempt to save.</summary>
    private void Judge() =>
        _faults = Source is not { } source
            ? []
            : [.. SegmentRules.Validate(_form.Definition, source.Fields).Where(fault => _attempted || !fault.IsIncomplete)];

    /// <summary>Counts the members after a pause. A later call cancels an earlier one.</summary>
    private void Count()
    {
        _count?.Cancel();
        _count?.Dispose();
        (_count, _counting, _countProblem) = (null, false, null);
        (_parts, _countingParts) = ([], false);
        if (Source is not { } source || SegmentRules.Validate(_form.Definition, source.Fields).Count > 0)
        {
            (_members, _first) = (null, []);
            return;
        }
        _count = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        _counting = true;
        _ = CountAsync(source, _form.Definition, _form.PreviewFields(source, PreviewedFields), _count.Token);
    }

    private async Task CountAsync(
        SourceChoice source,
        SegmentDefinition definition,
        IReadOnlyList<string> fields,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await Task.Delay(Pause, clock, cancellationToken);
            var actor = await CountedActorAsync();
            var members = await segments.CountAsync(actor, source.Id, definition, cancellationToken);
            var first = await segments.PreviewAsync(actor, source.Id, definition, fields, FirstMembers, cancellationToken);
            (_members, _first, _previewFields, _counting) = (members, first, fields, false);
            if (_showsParts)
                await CountPartsAsync(source.Id, definition, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (LocalizedException exception)
        {
            (_members, _first, _counting, _countingParts) = (null, [], false, false);
            _countProblem = exception.LocalizedMessage.ForReader();
        }
        catch (Exception exception)
        {
            (_counting, _countingParts) = (false, false);
            await TryAsync(() => Task.FromException(exception));
        }
        await InvokeAsync(StateHasChanged);
    }

    /// <summary>Counts the parts after the whole, because that is known sooner.</summary>
    private async Task CountPartsAsync(int source, SegmentDefinition definition, CancellationToken cancellationToken)
    {
        _countingParts = true;
        await InvokeAsync(StateHasChanged);
        var counted = await parts.CountAsync(await CountedActorAsync(), source, definition, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        (_parts, _countingParts) = (counted, false);
    }

    private void ShowParts(ChangeEventArgs change)
    {
        _showsParts = change.Value is true;
        Count();
    }

    private void StopParts()
    {
        _showsParts = false;
        Count();
    }

    private async Task SaveAsync()
    {
        // The Enter key submits a form even if its button is disabled.
        if (Missing is not null)
            return;
        _attempted = true;
        Judge();
        if (_faults.Count > 0)
        {
            Problem = _form.IsMembership ? ShownText.Of(_faults[0].LocalizedMessage) : T["Missing.Definition"];
            return;
        }
        var saved = await segments.SaveAsync(await ActorAsync(), _form.ToDraft(), Leaving);
        await SavedAsync();
        location.NavigateTo($"segments/{saved.Id}");
    }
}
