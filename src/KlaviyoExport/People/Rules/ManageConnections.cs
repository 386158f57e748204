namespace KlaviyoExport.People.Rules;

/// <summary>Add, change, share and remove connections, and see more of them than their name and type. Allowed for administrators.</summary>
public sealed class ManageConnections : Rule
{
    public static ManageConnections Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
