using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.People;

/// <summary>The detail of an audit entry. Those of before it was a message are English text, which the migration marked as such.</summary>
internal sealed class AuditDetailConverter() : ValueConverter<LocalizedMessage, string>(detail => detail.ToJson(), stored => Read(stored))
{
    /// <summary>Before a detail that is text.</summary>
    public const string TextMark = "text:";

    private static LocalizedMessage Read(string stored) =>
        stored.StartsWith(TextMark, StringComparison.Ordinal)
            ? new LocalizedMessage("People.AuditText", stored[TextMark.Length..])
            : LocalizedMessage.FromJson(stored);
}
