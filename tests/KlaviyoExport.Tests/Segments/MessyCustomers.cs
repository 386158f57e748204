using System.Globalization;
using System.Text;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using KlaviyoExport.Tests.Sources.Odbc;
using KlaviyoExport.Tests.Sources.Remote;

namespace KlaviyoExport.Tests.Segments;

/// <summary>
/// The same customers in every kind of source, as text and as native types, with values that are difficult to compare. Servers are
/// included if they are configured; PostgreSQL also in place of servers that have only a part of its SQL.
/// </summary>
public sealed class MessyCustomers : IAsyncLifetime
{
    public static readonly string[] Fields =
    [
        "id",
        "text",
        "code",
        "whole",
        "number",
        "ratio",
        "active",
        "day",
        "moment",
        "stamp",
        "born",
        "price",
    ];

    public static readonly FieldType[] Types =
    [
        FieldType.Text,
        FieldType.Text,
        FieldType.Text,
        FieldType.WholeNumber,
        FieldType.Number,
        FieldType.Number,
        FieldType.YesNo,
        FieldType.Date,
        FieldType.Moment,
        FieldType.Moment,
        FieldType.Date,
        FieldType.Number,
    ];

    private static readonly string[] Keys = ["a", "A", "a ", "á", "a\u0301", "ж", "Ж", "10", "9", "'", "\"", "%", "k\u212A"];

    private static readonly string?[] Texts =
    [
        "Núria",
        "NÚRIA",
        "nuria",
        "Nu\u0301ria",
        "ЖУЋКО 100%_x",
        "жућко 100%_X",
        " padded ",
        "padded",
        "padded\u00A0\t",
        "it's \"x\" \\ y",
        "100%",
        "100x",
        "a_b",
        "axb",
        null,
        "",
        "   ",
        "\u00A0",
        "straße",
        "STRASSE",
        "İstanbul",
        "istanbul",
        "ıstanbul",
        "\u212Aelvin",
        "kelvin",
        "ſ",
        "s",
        "\u212Bngström",
        "ångström",
        "🏛 museum",
        "line\nbreak",
        "Ǆ",
        "ǆ",
        "Љубица",
        "o'; DROP TABLE people; --",
        new('x', 5_000),
        "NULL",
        "[a]",
        "œuvre\u200B",
        "œuvre",
    ];

    private static readonly string?[] Codes = ["007", "7", "0", "00", "+381", null];
    private static readonly string?[] Wholes = ["0", "5", "-3", "12", "9007199254740993", "9007199254740992", null, "100"];
    private static readonly string?[] Numbers = ["1.5", "2", "10.25", "-0.5", "1000", "0.1", "0.30000000000000004", "123456789.125", null];
    private static readonly string?[] Answers = ["yes", "No", "TRUE", "f", null];
    private static readonly string?[] Days = ["2026-11-20", "22.11.2026.", "2026/11/15", "1999-01-01", "0001-01-01", "9999-12-31", null];
    private static readonly string?[] Moments =
    [
        "2026-11-20T23:30:00-01:00",
        "2026-11-22 08:00",
        "2026-11-15T00:00:00Z",
        "2026-11-23T00:29:59+01:00",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        null,
    ];

    // Written as in Serbia and Catalonia: the day first, and a decimal comma.
    private static readonly FieldFormat Local = new(DayOrder.DayFirst, DecimalMark.Comma);
    private static readonly string?[] Births = ["20/11/2026", "3/2/1999", "22-11-2026", "21.11.2026.", " 15/11/2026 ", "01/01/0001", null];
    private static readonly string?[] Prices =
    [
        "1,5",
        "2",
        "1.000",
        "-0,5",
        "123.456.789,125",
        "1 000,00",
        "1\u00A0000",
        "1\u202F234,50",
        "1'234,5",
        "0,1",
        " 0,3 ",
        "2,00",
        null,
    ];

    private readonly List<ServerDatabase> _databases = [];
    private readonly Dictionary<string, string> _everybody = [];
    private readonly Dictionary<string, Members> _open = [];
    private readonly List<PlainServer> _servers = [];
    private SourceStore? _store;
    private OdbcDatabase? _mariaDb;
    private RemotePlace? _bucket;

    internal SourceStore Store => _store!;

    /// <summary>The sources by kind and declared column types.</summary>
    internal Dictionary<string, Source> Sources { get; } = [];

    private static IReadOnlyList<string?[]> Rows { get; } =
    [
        .. Enumerable
            .Range(0, Texts.Length)
            .Select(i =>
                new[]
                {
                    i < Keys.Length ? Keys[i] : $"k{i}",
                    Texts[i],
                    Codes[i % Codes.Length],
                    Wholes[i % Wholes.Length],
                    Numbers[i % Numbers.Length],
                    Numbers[i % Numbers.Length],
                    Answers[i % Answers.Length],
                    Days[i % Days.Length],
                    Moments[i % Moments.Length],
                    Moments[i % Moments.Length],
                    Births[i % Births.Length],
                    Prices[i % Prices.Length],
                }
            ),
    ];

    public async ValueTask InitializeAsync()
    {
        _store = await SourceStore.CreateAsync(new TestClock(new DateTimeOffset(2026, 11, 23, 0, 30, 0, TimeSpan.FromHours(1))));
        Sources["CSV"] = await Store.AddCsvTextAsync(Csv());
        Sources["SQLite"] = await Store.AddDatabaseAsync(Sql("TEXT", value => Literal(value, "")), "people");
        if (TestStores.AreThere)
        {
            _bucket = await RemotePlace.CreateAsync(SourceKind.S3);
            await _bucket.PutAsync("in/customers.csv", Csv());
            var draft = _bucket.Draft();
            draft.Name = "Bucket";
            Sources["S3"] = await Store.AddAsync(draft);
        }
        if (IsSet("KLAVIYOEXPORT_TEST_POSTGRES"))
        {
            var database = await ServerDatabase.PostgreSqlAsync();
            await AddAsync(
                database,
                SourceKind.PostgreSql,
                "public",
                [
                    ("text", "", [.. Enumerable.Repeat("text", Fields.Length)]),
                    (
                        "native",
                        "",
                        [
                            "varchar(10)",
                            "text",
                            "varchar(20)",
                            "bigint",
                            "numeric",
                            "double precision",
                            "boolean",
                            "date",
                            "timestamptz",
                            "timestamp",
                            "date",
                            "numeric",
                        ]
                    ),
                ]
            );
            foreach (var lacking in new[] { SqlFlavour.Redshift, SqlFlavour.CockroachDb })
            {
                var server = PlainServer.Before(database, lacking);
                _servers.Add(server);
                foreach (var table in new[] { "text", "native" })
                    Sources[$"{lacking} {table}"] = await Store.AddAsync(server.Draft(database, $"public.{table}"));
            }
        }
        if (IsSet("KLAVIYOEXPORT_TEST_MARIADB"))
        {
            var database = await ServerDatabase.MariaDbAsync();
            await AddAsync(
                database,
                SourceKind.MySql,
                database.Name,
                [
                    ("text", "", [.. Enumerable.Repeat("text", Fields.Length)]),
                    (
                        "native",
                        "",
                        [
                            "varchar(10)",
                            "longtext",
                            "varchar(20)",
                            "bigint",
                            "decimal(30, 17)",
                            "double",
                            "boolean",
                            "date",
                            "datetime",
                            "datetime",
                            "date",
                            "decimal(30, 17)",
                        ]
                    ),
                ]
            );
        }
        if (OdbcDatabase.IsConfigured)
            await AddOdbcAsync();
        if (IsSet("KLAVIYOEXPORT_TEST_SQLSERVER"))
        {
            await AddAsync(
                await ServerDatabase.SqlServerAsync(),
                SourceKind.SqlServer,
                "dbo",
                [
                    ("text", "N", [.. Enumerable.Repeat("nvarchar(max)", Fields.Length)]),
                    (
                        "native",
                        "N",
                        [
                            "nvarchar(10)",
                            "nvarchar(max)",
                            "varchar(20)",
                            "bigint",
                            "decimal(30, 17)",
                            "float",
                            "bit",
                            "date",
                            "datetimeoffset",
                            "datetime2",
                            "date",
                            "decimal(30, 17)",
                        ]
                    ),
                ]
            );
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var members in _open.Values)
            await members.DisposeAsync();
        foreach (var server in _servers)
            await server.DisposeAsync();
        if (_mariaDb is not null)
            await _mariaDb.DisposeAsync();
        foreach (var database in _databases)
            await database.DisposeAsync();
        if (_bucket is not null)
            await _bucket.DisposeAsync();
        await Store.DisposeAsync();
    }

    /// <summary>The keys of the members, each with a line after it.</summary>
    internal async Task<string> KeysAsync(string name, SegmentDefinition definition)
    {
        var keys = new StringBuilder();
        var members = await OpenAsync(name);
        await foreach (var profile in members.ReadAsync(MemberSelection.Of(definition), [], CancellationToken.None))
            keys.Append(profile.Key).Append('|');
        return keys.ToString();
    }

    /// <summary>The number of those who are a member of any of the definitions.</summary>
    internal async Task<int> CountAsync(string name, IReadOnlyList<SegmentDefinition> definitions)
    {
        var members = await OpenAsync(name);
        return (int)(await members.CountAsync(new MemberSelection(definitions, []), CancellationToken.None)).Members;
    }

    /// <summary>The number of the members of each definition, from one pass over the source.</summary>
    internal async Task<IReadOnlyList<long>> CountEachAsync(string name, IReadOnlyList<SegmentDefinition> definitions)
    {
        var members = await OpenAsync(name);
        return await members.CountEachAsync(definitions, CancellationToken.None);
    }

    /// <summary>The keys of all customers of a source, which are read once.</summary>
    internal async Task<string> EverybodyAsync(string name) =>
        _everybody.TryGetValue(name, out var keys)
            ? keys
            : _everybody[name] = await KeysAsync(name, new ConditionSegment(new ConditionGroup(GroupKind.None, [])));

    /// <summary>Opens a source once, because thousands of sign-ins would take most of the time.</summary>
    private async Task<Members> OpenAsync(string name) =>
        _open.TryGetValue(name, out var members)
            ? members
            : _open[name] = await Store.Reader.OpenAsync(Sources[name], isGlance: false, CancellationToken.None);

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    /// <summary>PostgreSQL with its own types; MariaDB, whose collation ignores case and spaces at the end; and SQLite.</summary>
    private async Task AddOdbcAsync()
    {
        if (_databases.Count > 0)
            Sources["ODBC PostgreSQL native"] = await Store.AddAsync(OdbcDatabase.Draft(_databases[0], "public.native"));
        var file = Path.Combine(Store.Root, "customers.db");
        Sources["ODBC SQLite"] = await Store.AddAsync(OdbcDatabase.Draft(file, "people"));
        if (!OdbcDatabase.HasMariaDb)
            return;
        _mariaDb = await OdbcDatabase.MariaDbAsync();
        await _mariaDb.ExecuteAsync(
            $"CREATE TABLE people({string.Join(", ", Fields.Select(field => $"{Quoted(field)} {(field == "id" ? "varchar(20)" : "text")}"))})"
        );
        foreach (var row in Rows)
            await _mariaDb.ExecuteAsync($"INSERT INTO people VALUES ({string.Join(", ", row.Select(value => Literal(value, "")))})");
        Sources["ODBC MariaDB"] = await Store.AddAsync(_mariaDb.Draft("people"));
    }

    private async Task AddAsync(
        ServerDatabase database,
        SourceKind kind,
        string schema,
        (string Name, string Prefix, string[] Types)[] tables
    )
    {
        _databases.Add(database);
        foreach (var (name, prefix, types) in tables)
        {
            var columns = string.Join(", ", Fields.Zip(types, (field, type) => $"{Quoted(field, kind)} {type}"));
            var rows = Rows.Select(row =>
                $"({string.Join(", ", row.Select((value, i) => Literal(name == "native" ? Native(value, Types[i], Fields[i], kind) : value, prefix, kind)))})"
            );
            await database.ExecuteAsync($"CREATE TABLE {name}({columns}); INSERT INTO {name} VALUES {string.Join(", ", rows)}");
            Sources[$"{kind} {name}"] = await Store.AddAsync(database.Draft(kind, $"{schema}.{name}"));
        }
    }

    /// <summary>The value in the server's own type. Null if the type cannot hold it.</summary>
    private static string? Native(string? value, FieldType type, string field, SourceKind kind) =>
        type switch
        {
            FieldType.YesNo when value is not null => FieldValue.TryYesNo(value, out var yes) && yes ? "1" : "0",
            FieldType.Number when value is not null && field == "price" => Local.TryNumber(value, out var number)
                ? FieldValue.Spell(number)
                : null,
            FieldType.Date when value is not null => Local.TryDay(value, out var day, out _)
                ? day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                : null,
            FieldType.Moment when value is not null => DateTimeOffset
                .Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
                .ToUniversalTime()
                .ToString(
                    field == "stamp" || kind == SourceKind.MySql ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-ddTHH:mm:sszzz",
                    CultureInfo.InvariantCulture
                ),
            _ => value,
        };

    private static string Sql(string type, Func<string?, string> literal) =>
        $"CREATE TABLE people({string.Join(", ", Fields.Select(field => $"{Quoted(field)} {type}"))}); "
        + $"INSERT INTO people VALUES {string.Join(", ", Rows.Select(row => $"({string.Join(", ", row.Select(literal))})"))}";

    private static string Csv()
    {
        var csv = new StringBuilder().AppendLine(string.Join(',', Fields));
        foreach (var row in Rows)
            csv.AppendLine(string.Join(',', row.Select(value => $"\"{value?.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")));
        return csv.ToString();
    }

    private static string Quoted(string name, SourceKind kind = SourceKind.Sqlite) =>
        kind == SourceKind.MySql ? $"`{name}`" : $"\"{name}\"";

    private static string Literal(string? value, string prefix, SourceKind kind = SourceKind.Sqlite)
    {
        if (value is null)
            return "NULL";
        var escaped = value.Replace("'", "''", StringComparison.Ordinal);
        return $"{prefix}'{(kind == SourceKind.MySql ? escaped.Replace("\\", "\\\\", StringComparison.Ordinal) : escaped)}'";
    }
}
