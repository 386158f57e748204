namespace KlaviyoExport.People;

/// <summary>
/// A permission rule. Pages use <see cref="Allows"/> to show or hide controls. Services call <see cref="Demand"/> before they act.
/// </summary>
public abstract class Rule
{
    /// <summary>Returns whether the rule allows the action.</summary>
    /// <param name="actor">The caller.</param>
    /// <param name="shared">Whether the connection is shared with the actor. Rules that do not concern connections ignore it.</param>
    public abstract bool Allows(Actor actor, bool shared = false);

    /// <summary>Throws when the rule does not allow the action.</summary>
    /// <exception cref="NotAllowedException">The rule does not allow the action.</exception>
    public void Demand(Actor actor, bool shared = false)
    {
        if (!Allows(actor, shared))
            throw new NotAllowedException();
    }
}
