using KlaviyoExport.People.Auditing;

namespace KlaviyoExport.People;

/// <summary>
/// An entry of the audit: who did what, when and from where. Contains names, ids and counts, never email addresses or secrets. It is
/// written once, and then only sealed: see <see cref="AuditSealing"/>.
/// </summary>
public sealed class AuditEntry
{
    public long Id { get; init; }

    public DateTimeOffset At { get; init; }

    public required string ActorId { get; init; }

    public required string ActorName { get; init; }

    /// <summary>See <see cref="Actor.From"/>. At most 100 characters. Null in the entries of older versions.</summary>
    public string? From { get; init; }

    /// <summary>The folder and the action, such as "Exports.Changed".</summary>
    public required string Action { get; init; }

    /// <summary>The name of the changed item. Null when there is none.</summary>
    public string? Subject { get; init; }

    /// <summary>
    /// The id of the changed item, of the kind that the folder of the action stores: an export for "Exports.Changed". Null for other
    /// items.
    /// </summary>
    public int? SubjectId { get; init; }

    /// <summary>
    /// Details of the change, such as the value before and after, a role, a name or counts, in the language of the reader. Null when there
    /// are none.
    /// </summary>
    public LocalizedMessage? Detail
    {
        get => AuditDetail.Read(StoredDetail);
        init => StoredDetail = value?.ToJson();
    }

    /// <summary>The position in the chain, from 1 without gaps. Null until the entry is sealed.</summary>
    public long? Sequence { get; private set; }

    /// <summary>See <see cref="AuditHash"/>. Null until the entry is sealed.</summary>
    public byte[]? Hash { get; private set; }

    /// <summary>The detail as it is stored. The hash covers these characters.</summary>
    internal string? StoredDetail { get; private init; }

    /// <summary>Gives the entry its place in the chain, once.</summary>
    internal void Seal(long sequence, byte[] hash)
    {
        if (Sequence is not null)
            throw new InvalidOperationException($"The entry {Id} is sealed already.");
        (Sequence, Hash) = (sequence, hash);
    }
}
