namespace KlaviyoExport.People.Rules;

/// <summary>Add, change, share and remove connections, and see more of them than name and type.</summary>
public sealed class ManageConnections : Rule
{
    public static ManageConnections Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
