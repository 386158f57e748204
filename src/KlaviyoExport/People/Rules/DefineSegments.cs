namespace KlaviyoExport.People.Rules;

/// <summary>
/// Create, change and remove segments. Allowed for administrators and all contributors, because a segment belongs to no connection.
/// </summary>
public sealed class DefineSegments : Rule
{
    public static DefineSegments Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role >= Role.Contributor;
}
