namespace KlaviyoExport.People.Rules;

/// <summary>Create, change and remove segments. A segment belongs to no connection, so any contributor may.</summary>
public sealed class DefineSegments : Rule
{
    public static DefineSegments Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role >= Role.Contributor;
}
