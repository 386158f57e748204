namespace KlaviyoExport.People.Rules;

/// <summary>Download or erase everything that is stored about a person who asks for it. Allowed for administrators.</summary>
public sealed class HandlePersonData : Rule
{
    public static HandlePersonData Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) => actor.Role == Role.Administrator;
}
