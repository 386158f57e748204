using KlaviyoExport.Data;

namespace KlaviyoExport.People;

/// <summary>Filters the audit. A null property matches all entries.</summary>
/// <param name="Text">Matches a part of the name of the item, the detail or the name of the person. Case-insensitive.</param>
/// <param name="BeforeId">Only entries with a smaller id, for reading all entries page by page while new ones are added.</param>
/// <param name="Item">Matches a part of the name of the item. Case-insensitive.</param>
/// <param name="Since">Only entries at this time or later.</param>
/// <param name="Until">Only entries before this time.</param>
public sealed record AuditFilter(
    string? ActorId = null,
    string? Action = null,
    string? Text = null,
    long? BeforeId = null,
    string? Item = null,
    DateTimeOffset? Since = null,
    DateTimeOffset? Until = null
)
{
    internal IQueryable<AuditEntry> Of(IQueryable<AuditEntry> entries)
    {
        if (ActorId is { } actorId)
            entries = entries.Where(entry => entry.ActorId == actorId);
        if (Action is { } action)
            entries = entries.Where(entry => entry.Action == action);
        if (BeforeId is { } before)
            entries = entries.Where(entry => entry.Id < before);
        if (Since is { } since)
            entries = entries.Where(entry => entry.At >= since);
        if (Until is { } until)
            entries = entries.Where(entry => entry.At < until);
        if (CaseFolding.Needle(Item) is { } item)
            entries = entries.Where(entry => CaseFolding.Lower(entry.Subject!).Contains(item));
        if (CaseFolding.Needle(Text) is { } needle)
        {
            entries = entries.Where(entry =>
                CaseFolding.Lower(entry.Subject!).Contains(needle)
                || CaseFolding.Lower(entry.StoredDetail!).Contains(needle)
                || CaseFolding.Lower(entry.ActorName).Contains(needle)
            );
        }
        return entries;
    }
}
