using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace KlaviyoExport.People;

/// <summary>
/// Stores the detail of an audit entry. Details from before messages were introduced are English text, which the migration marked with
/// <see cref="TextMark"/>.
/// </summary>
internal sealed class AuditDetailConverter() : ValueConverter<LocalizedMessage, string>(detail => detail.ToJson(), stored => Read(stored))
{
    /// <summary>The prefix of a detail that is text.</summary>
    public const string TextMark = "text:";

    private static LocalizedMessage Read(string stored) =>
        stored.StartsWith(TextMark, StringComparison.Ordinal)
            ? new LocalizedMessage("People.AuditText", stored[TextMark.Length..])
            : LocalizedMessage.FromJson(stored);
}
