namespace KlaviyoExport.People.Rules;

/// <summary>Schedule, start and stop the system refresh, and change the general settings. Allowed for administrators.</summary>
public sealed class ManageSystem : Rule
{
    public static ManageSystem Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
