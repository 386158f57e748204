using KlaviyoExport.Data;

namespace KlaviyoExport.People;

/// <summary>Writes the audit: in the caller's context, so that a deed and its entry are saved together or not at all.</summary>
public sealed class Audit(TimeProvider clock)
{
    public void Add(AppDb db, Actor actor, string action, string? subject = null, int? subjectId = null, string? detail = null) =>
        db.AuditEntries.Add(new AuditEntry
        {
            At = clock.GetUtcNow(),
            ActorId = actor.Id,
            ActorName = actor.Name,
            Action = action,
            Subject = subject,
            SubjectId = subjectId,
            Detail = detail,
        });
}
