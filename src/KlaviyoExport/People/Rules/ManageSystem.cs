namespace KlaviyoExport.People.Rules;

/// <summary>Plan, start and stop the system refresh; the general settings.</summary>
public sealed class ManageSystem : Rule
{
    public static ManageSystem Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
