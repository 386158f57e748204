namespace KlaviyoExport.People.Rules;

/// <summary>
/// See the email address of a rejected profile, which is needed to correct it. Allowed for administrators, and for contributors on
/// connections shared with them. Other people see only the key and the reason.
/// </summary>
public sealed class SeeRejectedEmails : Rule
{
    public static SeeRejectedEmails Rule { get; } = new();

    public override bool Allows(Actor actor, bool shared = false) =>
        actor.Role == Role.Administrator || (actor.Role == Role.Contributor && shared);
}
