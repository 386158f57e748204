using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Sources;

/// <summary>Validates a draft and makes the source that it describes, without its data and password.</summary>
internal static class SourceDefinition
{
    private const int LongestName = 100;

    /// <exception cref="SourceException">Something is missing or invalid.</exception>
    public static Source Of(SourceDraft draft, string createdBy, DateTimeOffset createdAt)
    {
        var name = draft.Name.Trim();
        if (name.Length == 0)
            throw new SourceException(new LocalizedMessage("Sources.NameNeeded"));
        if (name.Length > LongestName)
            throw new SourceException(new LocalizedMessage("Sources.NameTooLong", LongestName));
        if (draft.Kind.HasTables() && !draft.IsQuery && string.IsNullOrEmpty(draft.Table))
            throw new SourceException(new LocalizedMessage("Sources.TableNeeded"));
        var keys = KeyOf(draft);
        var changedAt = draft.Kind.IsServer() && !string.IsNullOrEmpty(draft.ChangedAtColumn) ? draft.ChangedAtColumn : null;
        if (draft.MaxAgeHours is < 1 or > Freshness.MostHours)
            throw new SourceException(new LocalizedMessage("Sources.MaxAgeInvalid", Freshness.MostHours));
        if (draft.MaxAgeHours is not null && draft.Kind.IsServer() && changedAt is null)
            throw new SourceException(new LocalizedMessage("Sources.ChangedAtNeeded"));
        var server = draft.Kind.IsServer() ? ServerDraft.Of(draft) : null;
        var remote = draft.Kind.IsRemoteFiles() ? draft.Remote.Checked(draft.Kind) : null;
        if (draft.Kind == SourceKind.Sftp && remote!.HostKey is null)
            throw new SourceException(new LocalizedMessage("Sources.HostKeyMissing"));
        return new Source
        {
            Name = name,
            Kind = draft.Kind,
            IsSample = draft.IsSample,
            Location =
                server is not null ? ServerDraft.Place(server, draft.Kind)
                : remote is not null ? remote.Place(draft.Kind)
                : draft.Location.Trim(),
            Server = server,
            Remote = remote,
            Delimiter = draft.Kind.IsFiles() ? Csv.CsvDelimiter.Parse(draft.Delimiter)?.ToString() : null,
            Dialect = draft.Kind.IsFiles() ? draft.Dialect.Checked() : null,
            Table = draft.Kind.HasTables() && !draft.IsQuery ? draft.Table : null,
            Query = draft.Kind.HasTables() && draft.IsQuery ? SourceQuery.Of(draft.Query, draft.Kind) : null,
            KeyColumns = keys,
            KeptFields = KeptFields.Of(draft, keys),
            ChangedAtColumn = changedAt,
            MaxAgeHours = draft.MaxAgeHours,
            StopsWhenOld = draft is { MaxAgeHours: not null, StopsWhenOld: true },
            Formats = FormatChoice.Valid(draft.Formats),
            CreatedAt = createdAt,
            CreatedBy = createdBy,
        };
    }

    /// <summary>Whether two definitions read the same data in the same way. The password is not compared.</summary>
    public static bool AreReadAlike(Source one, Source other) =>
        Reading(one).Equals(Reading(other))
        && one.Formats.ToHashSet().SetEquals(other.Formats)
        && (one.KeptFields is null) == (other.KeptFields is null)
        && (one.KeptFields ?? []).ToHashSet().SetEquals(other.KeptFields ?? []);

    /// <summary>Makes a stored source what a definition says. The kind cannot be changed.</summary>
    public static void Apply(Source wanted, Source source)
    {
        (source.Name, source.Location, source.Server, source.Remote) = (wanted.Name, wanted.Location, wanted.Server, wanted.Remote);
        (source.Delimiter, source.Dialect, source.Table, source.Query) = (wanted.Delimiter, wanted.Dialect, wanted.Table, wanted.Query);
        (source.KeyColumns, source.Formats, source.ChangedAtColumn) = (wanted.KeyColumns, wanted.Formats, wanted.ChangedAtColumn);
        (source.MaxAgeHours, source.StopsWhenOld, source.KeptFields) = (wanted.MaxAgeHours, wanted.StopsWhenOld, wanted.KeptFields);
    }

    private static object Reading(Source source) =>
        (
            source.Location,
            source.Delimiter,
            source.Dialect,
            source.Table,
            source.Query,
            source.KeyColumns,
            source.Server,
            source.Remote,
            source.ChangedAtColumn
        );

    private static KeyColumns KeyOf(SourceDraft draft)
    {
        var keys = KeyColumns.Of(draft.KeyColumns.Where(column => column.Length > 0));
        return keys.Count switch
        {
            0 => throw new SourceException(new LocalizedMessage("Sources.KeyNeeded")),
            > KeyColumns.Most => throw new SourceException(new LocalizedMessage("Sources.KeyTooMany", KeyColumns.Most)),
            var count when keys.Distinct(StringComparer.Ordinal).Count() < count => throw new SourceException(
                new LocalizedMessage("Sources.KeyTwice")
            ),
            _ => keys,
        };
    }
}
