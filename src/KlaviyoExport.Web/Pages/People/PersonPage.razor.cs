using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Web.Components.Ui;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.People;

/// <summary>
/// Shows one person, changes the role, makes a password link and removes the person. Lists the exports that stop before the change.
/// </summary>
public sealed partial class PersonPage
{
    private Person? _person;
    private IReadOnlyList<Dependent> _dependents = [];
    private Role _role;
    private Role? _roleBefore;
    private string? _done;

    [Parameter]
    public required string Id { get; set; }

    [Inject]
    private PeopleService People { get; set; } = default!;

    [Inject]
    private ExportUserQueries ExportUsers { get; set; } = default!;

    [Inject]
    private SecondFactorResets SecondFactors { get; set; } = default!;

    [Inject]
    private Sessions Sessions { get; set; } = default!;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    [Inject]
    private NavigationManager Location { get; set; } = default!;

    protected override async Task LoadAsync()
    {
        var actor = await ActorAsync();
        _person = await People.GetAsync(actor, Id, Leaving);
        _dependents = await ExportUsers.DependentsAsync(actor, Id, Leaving);
        _role = _person.Role;
    }

    private async Task ChangeRoleAsync()
    {
        _done = null;
        // Nobody can give themselves back the role that they gave away. For others, the change can be undone.
        if (
            Viewer?.Id == Id
            && _person!.Role.IsAdministrator()
            && !await Confirm.AskAsync(T["DemoteSelfTitle"], T["DemoteSelfText"], T["ChangeRole"])
        )
            return;
        await GiveAsync(_role);
    }

    private async Task GiveAsync(Role role)
    {
        (_done, _roleBefore) = (null, null);
        var before = _person!.Role;
        await People.ChangeRoleAsync(await ActorAsync(), Id, role, Leaving);
        await LoadAsync();
        (_done, _roleBefore) = (T["RoleChanged", _person.Name, Shared[$"Role.{_person.Role}"]], Viewer?.Id == Id ? null : before);
    }

    private async Task RemoveAsync()
    {
        _done = null;
        if (
            !await Confirm.AskAsync(
                T["RemoveTitle", _person!.Name],
                _dependents.Count > 0 ? T["DemoteText", Stopping] : T["RemoveText"],
                Shared["Remove"]
            )
        )
            return;
        await People.RemoveAsync(await ActorAsync(), Id, Leaving);
        Location.NavigateTo("system/permissions");
    }

    private async Task ResetSecondFactorAsync()
    {
        _done = null;
        if (!await Confirm.AskAsync(T["ResetTitle", _person!.Name], T["ResetText"], T["ResetSecondFactor"]))
            return;
        await SecondFactors.ResetAsync(await ActorAsync(), Id);
        await LoadAsync();
        (_done, _roleBefore) = (T["SecondFactorWasReset"], null);
    }

    private async Task SignOutEverywhereAsync()
    {
        _done = null;
        await Sessions.EndAllAsync(await ActorAsync(), Id, except: null, Leaving);
        (_done, _roleBefore) = (T["SignedOut", _person!.Name], null);
    }

    private string Stopping =>
        string.Join(", ", _dependents.SelectMany(dependent => dependent.Exports.DefaultIfEmpty(dependent.Connection)));
}
