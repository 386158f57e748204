using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Files;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of sources in a file.</summary>
internal static class SourceShapes
{
    /// <summary>The limit of a path, in characters.</summary>
    public const int LongestPath = 1_000;

    private static readonly ItemShape<FormatChoice> Format = new ItemShape<FormatChoice>("format", new FormatChoice("")) { IsInline = true }
        .With(
            "field",
            "The field.",
            new TextShape(200, trims: false),
            item => item.Field,
            (item, value) => item with { Field = value },
            isRequired: true
        )
        .WithOptional(
            "days",
            "The order of day and month in dates such as 03/04/2026.",
            ChoiceShape.Of(DayOrder.Unknown),
            item => item.Days,
            (item, value) => item with { Days = value }
        )
        .WithOptional(
            "mark",
            "The decimal mark.",
            ChoiceShape.Of<DecimalMark>(),
            item => item.Mark,
            (item, value) => item with { Mark = value }
        );

    public static ItemShape<DeclaredSource> Source { get; } =
        new ItemShape<DeclaredSource>("source", new DeclaredSource())
        {
            Check = (source, map, faults) => Checked(source, map.At, faults),
            OneOf = KeyShapes.OneOf,
        }
            .With(
                "name",
                "The unique name of the source.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .With(
                "kind",
                "What is read: file (CSV, Excel, JSON or Parquet, one file or a folder), sqlite, a database (postgreSql, mySql also for MariaDB, "
                    + "sqlServer, postgreSqlCompatible for Redshift, CockroachDB and others, odbc), or files in a store (s3, azureBlob, sftp).",
                new ChoiceShape<SourceKind>([
                    ("file", SourceKind.Csv),
                    .. Enum.GetValues<SourceKind>().Where(kind => kind != SourceKind.Csv).Select(kind => (ChoiceShape.WordOf(kind), kind)),
                ]),
                item => item.Kind,
                (item, value) => item with { Kind = value },
                isRequired: true
            )
            .WithOptional(
                "path",
                "The full path of the file or folder, under one of Sources:Roots of the server.",
                new TextShape(LongestPath),
                item => item.Path,
                (item, value) => item with { Path = value },
                item => item.HasPath
            )
            .WithKey("The column that identifies a profile.", item => item.KeyColumns, (item, value) => item with { KeyColumns = value })
            .WithFileReading()
            .WithServer()
            .WithOptional(
                "table",
                "The table or view of profiles.",
                new TextShape(300, trims: false),
                item => item.Table,
                (item, value) => item with { Table = value },
                item => item.Kind.HasTables() && item.Query is null
            )
            .WithOptional(
                "query",
                "One SELECT statement that returns the profiles, instead of a table.",
                new TextShape(SourceQuery.Longest),
                item => item.Query,
                (item, value) => item with { Query = value },
                item => item.Kind.HasTables()
            )
            .WithOptional(
                "remote",
                "Where the files are in a store, and which of them are read.",
                RemoteShapes.Files,
                item => item.Remote,
                (item, value) => item with { Remote = value },
                item => item.Kind.IsRemoteFiles()
            )
            .With(
                "keepFields",
                "The columns of files that are loaded. The others are neither stored nor shown. Default: all columns, also new ones.",
                new ListShape<string>(new TextShape(300, trims: false)) { Most = FileColumns.MostColumns, SortedBy = item => item },
                item => item.KeptFields,
                (item, value) => item with { KeptFields = value },
                appliesTo: item => item.Kind.IsFiles()
            )
            .WithOptional(
                "changedAtColumn",
                "The column of a database server with the time of the last change of a row.",
                new TextShape(200, trims: false),
                item => item.ChangedAtColumn,
                (item, value) => item with { ChangedAtColumn = value },
                item => item.Kind.IsServer()
            )
            .WithOptional(
                "maxAgeHours",
                "The hours after which the data is too old. Default: no limit.",
                new WholeShape(1, Freshness.MostHours),
                item => item.MaxAgeHours,
                (item, value) => item with { MaxAgeHours = value }
            )
            .With(
                "whenOld",
                "What happens when the data is too old: warn (default), or stop to stop the exports.",
                new ChoiceShape<bool>([("warn", false), ("stop", true)]),
                item => item.StopsWhenOld,
                (item, value) => item with { StopsWhenOld = value },
                appliesTo: item => item.MaxAgeHours is not null
            )
            .With(
                "formats",
                "How dates and numbers of fields are written, where that was decided by people.",
                new ListShape<FormatChoice>(Format) { SortedBy = item => item.Field },
                item => item.Formats,
                (item, value) => item with { Formats = value }
            );

    /// <summary>Checks a source as its form does, and returns it as it is stored.</summary>
    private static DeclaredSource Checked(DeclaredSource source, Yaml.Place at, FaultList faults)
    {
        if (source.HasPath && source.Path is null)
            faults.Add(at, "ConfigurationFiles.KeyMissing", "path");
        if (source.ToDraft().HasPassword && source.Password is null)
            faults.Add(at, "ConfigurationFiles.KeyMissing", "password");
        try
        {
            return DeclaredSource.Of(SourceDefinition.Of(source.ToDraft(), "", DateTimeOffset.UnixEpoch), source.Password) with
            {
                Name = source.Name,
            };
        }
        catch (SourceException fault)
        {
            faults.Add(at, fault.LocalizedMessage);
            return source;
        }
    }
}
