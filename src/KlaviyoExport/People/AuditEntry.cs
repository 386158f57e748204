namespace KlaviyoExport.People;

/// <summary>Who did what, when. Names ids and counts, never addresses or secrets.</summary>
public sealed class AuditEntry
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    public required string ActorId { get; set; }

    public required string ActorName { get; set; }

    /// <summary>Room and deed, such as "Exports.Saved".</summary>
    public required string Action { get; set; }

    /// <summary>Name of the thing it was done to.</summary>
    public string? Subject { get; set; }

    /// <summary>Of the same kind as the room of the action: an export for "Exports.Changed".</summary>
    public int? SubjectId { get; set; }

    /// <summary>With what: a role, a name, counts; for each reader in their language.</summary>
    public LocalizedMessage? Detail { get; set; }
}
