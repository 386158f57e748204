namespace KlaviyoExport.People.Rules;

/// <summary>Manage people, their roles and their password links, and read the audit. Allowed for administrators.</summary>
public sealed class ManagePeople : Rule
{
    public static ManagePeople Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
