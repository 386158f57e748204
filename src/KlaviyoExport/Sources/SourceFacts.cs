using System.Text.Json;
using KlaviyoExport.People.Auditing;

namespace KlaviyoExport.Sources;

/// <summary>What the audit says about a source before and after a change. Never its password.</summary>
internal sealed record SourceFacts(
    string Name,
    string Location,
    string? User,
    ServerTls? Tls,
    string? Table,
    string? Query,
    IReadOnlyList<string> KeyColumns,
    IReadOnlyList<string>? KeptFields,
    string? ChangedAtColumn,
    int? MaxAgeHours,
    bool StopsWhenOld,
    string Reading
)
{
    public static SourceFacts Of(Source source) =>
        new(
            source.Name,
            source.Location,
            source.Server?.User,
            source.Server?.Tls,
            source.Table,
            source.Query,
            [.. source.KeyColumns],
            source.KeptFields is { } kept ? [.. kept] : null,
            source.ChangedAtColumn,
            source.MaxAgeHours,
            source.StopsWhenOld,
            JsonSerializer.Serialize(
                new
                {
                    source.Delimiter,
                    source.Dialect,
                    source.Formats,
                    source.Remote,
                    source.Server,
                }
            )
        );

    public LocalizedMessage? ChangesTo(SourceFacts now, bool hasNewPassword) =>
        new AuditChanges()
            .Add("Name", Name, now.Name)
            .Add("Location", Location, now.Location)
            .Add("User", User, now.User)
            .Add("Tls", NameOf(Tls), NameOf(now.Tls))
            .Add("Table", Table, now.Table)
            .Mention("Query", Query != now.Query)
            .Add("KeyColumns", KeyColumns, now.KeyColumns)
            .Add("KeptFields", Kept(KeptFields), Kept(now.KeptFields))
            .Add("ChangedAtColumn", ChangedAtColumn, now.ChangedAtColumn)
            .Add("MaxAgeHours", MaxAgeHours, now.MaxAgeHours)
            .Add("StopsWhenOld", StopsWhenOld, now.StopsWhenOld)
            // The place of the files or server counts here too, where the location does not tell it.
            .Mention("Reading", Reading != now.Reading && (Location, User, Tls) == (now.Location, now.User, now.Tls))
            .Mention("Password", hasNewPassword)
            .ToMessage();

    private static LocalizedMessage? NameOf(ServerTls? tls) => tls is null ? null : new LocalizedMessage($"Sources.Tls.{tls}");

    private static object Kept(IReadOnlyList<string>? fields) =>
        fields is null ? new LocalizedMessage("Sources.AllColumns") : string.Join(", ", fields.Order(StringComparer.Ordinal));
}
