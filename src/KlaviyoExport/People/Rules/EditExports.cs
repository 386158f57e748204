namespace KlaviyoExport.People.Rules;

/// <summary>
/// Create, edit, schedule and remove exports. Allowed for administrators, and for contributors on connections shared with them.
/// </summary>
public sealed class EditExports : Rule
{
    public static EditExports Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) =>
        actor.Role == Role.Administrator || (actor.Role == Role.Contributor && shared);
}
