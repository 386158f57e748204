namespace KlaviyoExport.People.Rules;

/// <summary>Export the configuration as a file, plan a file and apply it. Allowed for administrators.</summary>
public sealed class ManageConfiguration : Rule
{
    public static ManageConfiguration Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
