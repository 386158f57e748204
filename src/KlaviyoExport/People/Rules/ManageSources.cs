namespace KlaviyoExport.People.Rules;

/// <summary>Add, change, load and remove sources. Allowed for administrators.</summary>
public sealed class ManageSources : Rule
{
    public static ManageSources Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
