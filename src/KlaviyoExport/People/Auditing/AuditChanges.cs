namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Collects what a change has changed, for the detail of an audit entry: "Name: Old → New; Role: Viewer → Operator". Values must not be
/// email addresses, values of profiles or secrets; for those, use <see cref="Mention"/>.
/// </summary>
public sealed class AuditChanges
{
    // Longer values are cut off: an entry is read as one line.
    private const int LongestValue = 300;

    private LocalizedMessage? _all;

    /// <summary>Adds a value before and after. Does nothing when both are equal.</summary>
    /// <param name="field">The name of the text <c>Field.…</c> in People/Messages.resx.</param>
    /// <param name="before">A text, number, boolean, time or message. Null or empty when there was none.</param>
    /// <param name="after">As before.</param>
    public AuditChanges Add(string field, object? before, object? after) =>
        Equals(Shown(before), Shown(after))
            ? this
            : With(new LocalizedMessage("People.Change", NameOf(field), Shown(before), Shown(after)));

    /// <summary>As <see cref="Add(string, object?, object?)"/>, for names whose order does not matter.</summary>
    public AuditChanges Add(string field, IEnumerable<string> before, IEnumerable<string> after) =>
        Add(field, Listed(before), Listed(after));

    /// <summary>Adds what was removed from a list and what was added to it, for a long list in which a change would be lost.</summary>
    public AuditChanges AddItems(string field, IEnumerable<string> before, IEnumerable<string> after)
    {
        var (old, now) = (before.ToHashSet(), after.ToHashSet());
        string[] items =
        [
            .. old.Except(now).Order(StringComparer.Ordinal).Select(item => $"− {item}"),
            .. now.Except(old).Order(StringComparer.Ordinal).Select(item => $"+ {item}"),
        ];
        return items.Length == 0
            ? this
            : With(new LocalizedMessage("People.ChangeOfItems", NameOf(field), Shown(string.Join(", ", items))));
    }

    /// <summary>Says that a value has changed, without the value.</summary>
    public AuditChanges Mention(string field, bool isChanged = true) =>
        isChanged ? With(new LocalizedMessage("People.ChangeUnsaid", NameOf(field))) : this;

    /// <summary>Adds a message that is no change.</summary>
    public AuditChanges Say(LocalizedMessage? message) => message is null ? this : With(message);

    /// <returns>Null when nothing has changed.</returns>
    public LocalizedMessage? ToMessage() => _all;

    private static LocalizedMessage NameOf(string field) => new($"People.Field.{field}");

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names.Order(StringComparer.Ordinal));

    private static object Shown(object? value) =>
        value switch
        {
            null or "" => new LocalizedMessage("People.Nothing"),
            true => new LocalizedMessage("People.Yes"),
            false => new LocalizedMessage("People.No"),
            string { Length: > LongestValue } text => text[..LongestValue] + "…",
            _ => value,
        };

    private AuditChanges With(LocalizedMessage change)
    {
        _all = _all is null ? change : new LocalizedMessage("People.Changes", _all, change);
        return this;
    }
}
