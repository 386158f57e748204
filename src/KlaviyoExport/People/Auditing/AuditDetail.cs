namespace KlaviyoExport.People.Auditing;

/// <summary>
/// Reads the stored detail of an audit entry. Details from before messages were introduced are English text, which the migration marked
/// with <see cref="TextMark"/>.
/// </summary>
internal static class AuditDetail
{
    /// <summary>The prefix of a detail that is text.</summary>
    private const string TextMark = "text:";

    public static LocalizedMessage? Read(string? stored) =>
        stored is null ? null
        : stored.StartsWith(TextMark, StringComparison.Ordinal) ? new LocalizedMessage("People.AuditText", stored[TextMark.Length..])
        : LocalizedMessage.FromJson(stored);
}
