namespace KlaviyoExport.People.Rules;

/// <summary>See the address of a rejected profile, which is needed to mend it; everyone else sees its key and the reason.</summary>
public sealed class SeeRejectedEmails : Rule
{
    public static SeeRejectedEmails Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) =>
        actor.Role == Role.Administrator || (actor.Role == Role.Contributor && shared);
}
