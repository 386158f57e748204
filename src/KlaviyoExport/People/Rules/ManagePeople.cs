namespace KlaviyoExport.People.Rules;

/// <summary>Permissions, system settings and the audit.</summary>
public sealed class ManagePeople : Rule
{
    public static ManagePeople Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
