using KlaviyoExport.Data;

namespace KlaviyoExport.People;

/// <summary>Writes the audit: in the caller's context, so that a deed and its entry are saved together or not at all.</summary>
public sealed class Audit(TimeProvider clock)
{
    /// <param name="db">Saved by the caller.</param>
    /// <param name="actor">Who did it.</param>
    /// <param name="action">Room and deed, such as "Exports.Changed".</param>
    /// <param name="subject">The name of the thing it was done to.</param>
    /// <param name="subjectId">The id of that thing, of the kind the action's room keeps; null for another kind or one without a
    /// number.</param>
    /// <param name="detail">Names, roles and counts, never addresses or secrets.</param>
    public void Add(AppDb db, Actor actor, string action, string? subject = null, int? subjectId = null, LocalizedMessage? detail = null) =>
        db.Set<AuditEntry>()
            .Add(
                new AuditEntry
                {
                    At = clock.GetUtcNow(),
                    ActorId = actor.Id,
                    ActorName = actor.Name,
                    Action = action,
                    Subject = subject,
                    SubjectId = subjectId,
                    Detail = detail,
                }
            );
}
