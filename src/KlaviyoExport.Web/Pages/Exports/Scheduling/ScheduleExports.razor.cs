using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Web.Components;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Exports.Scheduling;

/// <summary>Edits the schedule of one or several exports.</summary>
public sealed partial class ScheduleExports(ExportService exports, ExportSchedules schedules)
{
    private readonly List<string> _names = [];
    private ScheduleForm _form = new();
    private string _read = "";
    private bool _forAll;

    /// <summary>The ids of the exports.</summary>
    [SupplyParameterFromQuery(Name = "id")]
    private int[]? Ids { get; set; }

    private int[] Chosen => [.. (Ids ?? []).Distinct().Order()];

    private string Back => Chosen is [var only] ? $"exports/{only}" : "exports";

    private bool IsFaulty => _forAll && _form.IsOn && _form.Fault() is not null;

    protected override FormState Form =>
        new FormState<Filled>(() => new(_form, _forAll), filled => (_form, _forAll) = (filled.Form, filled.ForAll));

    protected override async Task LoadAsync()
    {
        // The parameters are set again while the form is being filled in. Do not discard the input then.
        var wanted = string.Join(',', Chosen);
        if (Loaded && wanted == _read)
            return;
        var actor = await ActorAsync();
        var found = new List<ExportDetails>();
        foreach (var id in Chosen)
            found.Add(await exports.GetAsync(actor, id, Leaving));
        if (found.Exists(export => !export.Permissions.MayEdit))
            throw new NotAllowedException();
        _names.Clear();
        _names.AddRange(found.Select(export => export.Draft.Name));
        _forAll = found.Count == 1;
        _form = ScheduleForm.Of(
            found.Count == 1 ? found[0].Schedule : new ExportSchedule { IsOn = found.TrueForAll(export => export.Schedule.IsOn) }
        );
        _read = wanted;
    }

    private void ForAll(bool forAll) => _forAll = forAll;

    private void Turn(bool on) => _form.IsOn = on;

    private void Follow(bool refresh) => _form.FollowsRefresh = refresh;

    private async Task SaveAsync()
    {
        // The Enter key submits a form even if its button is disabled.
        if (IsFaulty)
            return;
        // A schedule that is turned off keeps its recurrence for when it is turned on again.
        await schedules.SetAsync(
            await ActorAsync(),
            Chosen,
            _forAll && _form.Fault() is null ? _form.ToSchedule() : null,
            _form.IsOn,
            Leaving
        );
        await SavedAsync();
        LeaveFor(Chosen is [var only] ? $"exports/{only}?done=scheduled" : "exports?done=scheduled");
    }

    private sealed record Filled(ScheduleForm Form, bool ForAll);
}
