namespace KlaviyoExport.People;

/// <summary>An entry of the audit: who did what, and when. Contains names, ids and counts, never email addresses or secrets.</summary>
public sealed class AuditEntry
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    public required string ActorId { get; set; }

    public required string ActorName { get; set; }

    /// <summary>See <see cref="Actor.From"/>. At most 100 characters. Null in the entries of older versions.</summary>
    public string? From { get; set; }

    /// <summary>The folder and the action, such as "Exports.Saved".</summary>
    public required string Action { get; set; }

    /// <summary>The name of the changed item. Null when there is none.</summary>
    public string? Subject { get; set; }

    /// <summary>
    /// The id of the changed item, of the kind that the folder of the action stores: an export for "Exports.Changed". Null for other
    /// items.
    /// </summary>
    public int? SubjectId { get; set; }

    /// <summary>Details of the change, such as a role, a name or counts, in the language of the reader. Null when there are none.</summary>
    public LocalizedMessage? Detail { get; set; }
}
