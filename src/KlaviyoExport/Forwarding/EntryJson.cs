using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using KlaviyoExport.People;

namespace KlaviyoExport.Forwarding;

/// <summary>The JSON of a forwarded entry, described in docs/audit.md. Details are in English.</summary>
internal static class EntryJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(AuditEntry entry) => JsonSerializer.Serialize(Shape(entry), Options);

    /// <summary>Returns a JSON object with the entries.</summary>
    public static byte[] Of(IReadOnlyList<AuditEntry> entries) =>
        JsonSerializer.SerializeToUtf8Bytes(new { entries = entries.Select(Shape) }, Options);

    private static object Shape(AuditEntry entry) =>
        new
        {
            entry.Sequence,
            At = entry.At.UtcDateTime,
            Person = entry.ActorName,
            PersonId = entry.ActorId,
            entry.From,
            entry.Action,
            Item = entry.Subject,
            ItemId = entry.SubjectId,
            Detail = entry.Detail?.In(CultureInfo.InvariantCulture),
            Hash = Convert.ToHexStringLower(entry.Hash ?? []),
        };
}
