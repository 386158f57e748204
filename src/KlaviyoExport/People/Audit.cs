using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.People;

/// <summary>Adds entries to the audit. An entry is saved with the change it describes, or not at all.</summary>
public sealed class Audit(TimeProvider clock)
{
    /// <summary>Raised after an entry was saved. Its transaction may commit later, or never.</summary>
    internal event EventHandler? Saved;

    /// <summary>Adds an entry to the context.</summary>
    /// <param name="db">The context of the change. The caller saves it.</param>
    /// <param name="actor">The person who made the change, or the product.</param>
    /// <param name="action">The folder and the action, such as "Exports.Changed".</param>
    /// <param name="subject">The name of the changed item.</param>
    /// <param name="subjectId">The id of the changed item, when it is of the kind that the folder of the action stores. Null for an item
    /// of another kind or without a numeric id.</param>
    /// <param name="detail">Names, roles and counts. Must not contain email addresses or secrets.</param>
    public void Add(AppDb db, Actor actor, string action, string? subject = null, int? subjectId = null, LocalizedMessage? detail = null)
    {
        db.Set<AuditEntry>()
            .Add(
                new AuditEntry
                {
                    At = clock.GetUtcNow(),
                    ActorId = actor.Id,
                    ActorName = actor.Name,
                    From = actor.From,
                    Action = action,
                    Subject = subject,
                    SubjectId = subjectId,
                    Detail = detail,
                }
            );
        db.SavedChanges += Tell;

        void Tell(object? sender, SavedChangesEventArgs saved)
        {
            db.SavedChanges -= Tell;
            Saved?.Invoke(this, EventArgs.Empty);
        }
    }
}
