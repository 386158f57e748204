using KlaviyoExport.People;

namespace KlaviyoExport.Web.Components.Ui;

/// <summary>
/// Keeps a deed that leads to another page, so that <see cref="UndoOffer"/> offers there to undo it. Belongs to the circuit: the offer ends
/// with it.
/// </summary>
internal sealed class LastDeed
{
    private UndoableDeed? _deed;

    public void Keep(UndoableDeed deed) => _deed = deed;

    /// <summary>Returns the deed once. Null when there is none.</summary>
    public UndoableDeed? Take()
    {
        var deed = _deed;
        _deed = null;
        return deed;
    }
}

/// <summary>A deed that can be undone.</summary>
/// <param name="Text">What was done, in the reader's language.</param>
/// <param name="UndoAsync">Undoes it, and returns the address of what came back.</param>
internal sealed record UndoableDeed(string Text, Func<Actor, CancellationToken, Task<string>> UndoAsync);
