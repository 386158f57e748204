namespace KlaviyoExport.People;

/// <summary>
/// One permission rule. Pages ask <see cref="Allows"/> to show or hide; services call <see cref="Demand"/> before they act.
/// </summary>
public abstract class Rule
{
    /// <param name="actor">Who asks.</param>
    /// <param name="shared">Whether the connection in question is shared with the actor; rules without a connection ignore it.</param>
    public abstract bool Allows(Actor actor, bool shared = false);

    /// <exception cref="NotAllowedException">The rule says no.</exception>
    public void Demand(Actor actor, bool shared = false)
    {
        if (!Allows(actor, shared))
            throw new NotAllowedException();
    }
}
