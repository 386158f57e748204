namespace KlaviyoExport.People.Rules;

/// <summary>
/// Run, cancel and retry exports. Allowed for administrators and operators on all exports, and for contributors on connections shared
/// with them.
/// </summary>
public sealed class RunExports : Rule
{
    public static RunExports Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) =>
        actor.Role is Role.Administrator or Role.Operator || (actor.Role == Role.Contributor && shared);
}
