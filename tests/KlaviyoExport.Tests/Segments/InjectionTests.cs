using System.Data.Common;
using System.Globalization;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using MySqlConnector;
using Npgsql;

namespace KlaviyoExport.Tests.Segments;

/// <summary>No value and no name that a person or a file contains becomes a part of an SQL statement.</summary>
public sealed class InjectionTests
{
    private static readonly string[] Hostile =
    [
        "'; DROP TABLE people;--",
        "'); DELETE FROM people;--",
        "\\'; DROP TABLE people; #",
        "\\",
        "\\\\'",
        "''",
        "'",
        "\"",
        "\"; DROP TABLE people;--",
        "`; DROP TABLE people;--",
        "] ; DROP TABLE people;--",
        "' OR '1'='1",
        "' UNION SELECT 1,2,3 --",
        "%",
        "_",
        "%_[]",
        "[a-z]%",
        "a%' ESCAPE '%",
        "/* x */ --",
        "\u2018; DROP TABLE people;--",
        "\uFF07 OR 1=1",
        "\u02BC OR 1=1",
        "\\u0027 OR 1=1",
        "&#39; OR 1=1",
        "${7*7}",
        "{{7*7}}",
        "$(id)",
        "$1",
        "$$",
        "@v0",
        ":v0",
        "?",
        "{fn NOW()}",
        "0x27204F5220313D31",
        "1; WAITFOR DELAY '0:0:9'",
        "pg_sleep(9)",
    ];

    // No database keeps these in a text, so nobody has them.
    private static readonly string[] Nobodys = ["\0", "'\0; DROP TABLE people;--", "a\0b"];

    private static readonly string[] Values = [.. Hostile, .. Nobodys];

    /// <summary>Each text once for each value that it is compared with.</summary>
    private static readonly List<(string Key, int Place, string Text)> Rows =
    [
        .. Values.SelectMany((_, place) => Hostile.Select((text, i) => ($"{i}-{place}", place, text))),
    ];

    /// <summary>Two rows for each column.</summary>
    private static readonly List<(string Key, int Place, int More)> Named =
    [
        .. Hostile.SelectMany((_, place) => new[] { ($"a{place}", place, 0), ($"b{place}", place, 1) }),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<FieldType, Operator> OfOthers =>
        [
            .. from type in new[] { FieldType.WholeNumber, FieldType.Number, FieldType.YesNo, FieldType.Date, FieldType.Moment }
            from @operator in Operators.For(type)
            where Operators.ArityOf(@operator) != Arity.None && Operators.ValueType(@operator, type) != FieldType.Text
            select new TheoryDataRow<FieldType, Operator>(type, @operator),
        ];

    [Fact]
    public async Task Every_operator_compares_a_hostile_text_with_a_CSV_as_a_text()
    {
        await using var store = await SourceStore.CreateAsync();
        var rows = Rows.Select(row => $"{row.Key},{row.Place},\"{row.Text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n");

        await ComparesAsync(store, await store.AddCsvTextAsync("id,place,text\n" + string.Concat(rows)));
    }

    [Fact]
    public async Task Every_operator_compares_a_hostile_text_with_a_SQLite_table_as_a_text()
    {
        await using var store = await SourceStore.CreateAsync();
        var sql = "CREATE TABLE people(id TEXT, place INTEGER, text TEXT);" + Inserts("people");
        var source = await store.AddDatabaseAsync(sql, "people");
        var before = await File.ReadAllBytesAsync(source.Location, Cancel);

        await ComparesAsync(store, source);

        Assert.Equal(before, await File.ReadAllBytesAsync(source.Location, Cancel));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Server)]
    public async Task Every_operator_compares_a_hostile_text_with_a_PostgreSQL_table_as_a_text()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(
            database,
            "CREATE TABLE people(id text, place int, text text);" + Inserts("people"),
            "public.people"
        );

        await ComparesAsync(store, source);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        Assert.Equal(Rows.Count, await CountAsync(connection, "SELECT count(*) FROM people"));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Server)]
    public async Task Every_operator_compares_a_hostile_text_with_a_MariaDB_table_as_a_text()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var sql = "CREATE TABLE people(id varchar(9), place int, text text) CHARSET utf8mb4;" + Inserts("people", hasBackslashes: true);
        var source = await store.AddMariaDbAsync(database, sql, "people");

        await ComparesAsync(store, source);
        await using var connection = new MySqlConnection(database.ConnectionString);
        Assert.Equal(Rows.Count, await CountAsync(connection, "SELECT count(*) FROM people"));
    }

    [Theory]
    [MemberData(nameof(OfOthers))]
    public async Task No_operator_of_another_type_takes_a_hostile_value(FieldType type, Operator @operator)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddCsvTextAsync(
            "id,WholeNumber,Number,YesNo,Date,Moment\na,1,1.5,yes,2026-01-01,2026-01-01T10:00:00Z\nb,2,2.5,no,2026-01-02,2026-01-02T10:00:00Z\n"
        );
        Assert.Equal(type, source.Fields.Single(field => field.Name == type.ToString()).Type);
        foreach (var hostile in Hostile.Concat(Nobodys))
        {
            string[] values = Operators.ArityOf(@operator) == Arity.Two ? [hostile, hostile] : [hostile];
            var draft = new SegmentDraft
            {
                Name = "hostile",
                SourceId = source.Id,
                Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition(type.ToString(), @operator, values)])),
            };

            await Assert.ThrowsAnyAsync<SegmentInvalidException>(() => store.Segments.SaveAsync(SourceStore.Administrator, draft, Cancel));
        }
    }

    [Fact]
    public async Task Every_hostile_name_of_a_CSV_column_is_read_and_compared_as_a_name()
    {
        await using var store = await SourceStore.CreateAsync();
        var header = Hostile.Select(name => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        var source = await store.AddCsvTextAsync(
            $"id,place,{string.Join(',', header)}\n"
                + string.Concat(Named.Select(row => $"{row.Key},{row.Place},{string.Join(',', Hostile.Select((_, i) => i + row.More))}\n"))
        );

        await NamesAsync(store, source);
    }

    [Fact]
    public async Task Every_hostile_name_of_a_SQLite_table_and_column_is_read_and_compared_as_a_name()
    {
        await using var store = await SourceStore.CreateAsync();
        string[] tables = ["'; DROP TABLE people;--", "\"", "`]'\"--", "%_?@v0"];
        var source = await store.AddDatabaseAsync(string.Concat(tables.Select(table => Wide(table, '"'))), tables[0]);

        await NamesAsync(store, source);
        foreach (var table in tables)
            Assert.Equal(Named.Count, (await store.ReadAllAsync(source, new MembershipSegment(table, ["id"]))).Count);
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Server)]
    public async Task Every_hostile_name_of_a_PostgreSQL_schema_table_and_column_is_read_and_compared_as_a_name()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        const string schema = "'; DROP SCHEMA public;--\"";
        const string table = "t\".\"x'; DROP TABLE people;--";
        await database.ExecuteAsync(
            "CREATE TABLE people(id int);"
                + $"CREATE SCHEMA {Quoted(schema, '"')};SET search_path = {Quoted(schema, '"')};"
                + Wide(table, '"')
        );
        var name = $"{Quoted(schema, '"')}.{Quoted(table, '"')}";
        var source = await store.AddAsync(database.Draft(SourceKind.PostgreSql, name));

        await NamesAsync(store, source);
        Assert.Equal(Named.Count, (await store.ReadAllAsync(source, new MembershipSegment(name, ["id"]))).Count);
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        Assert.Equal(0, await CountAsync(connection, "SELECT count(*) FROM people"));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Server)]
    public async Task Every_hostile_name_of_a_MariaDB_table_and_column_is_read_and_compared_as_a_name()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        const string table = "t`; DROP TABLE people;-- '\"";
        await database.ExecuteAsync("CREATE TABLE people(id int);" + Wide(table, '`'));
        var name = $"{database.Name}.{Quoted(table, '"')}";
        var source = await store.AddAsync(database.Draft(SourceKind.MySql, name));

        await NamesAsync(store, source);
        Assert.Equal(Named.Count, (await store.ReadAllAsync(source, new MembershipSegment(name, ["id"]))).Count);
        await using var connection = new MySqlConnection(database.ConnectionString);
        Assert.Equal(0, await CountAsync(connection, "SELECT count(*) FROM people"));
    }

    /// <summary>
    /// One read for each operator: the text of the rows at place i is compared with the i-th value, which is decided here, without the
    /// product.
    /// </summary>
    private static async Task ComparesAsync(SourceStore store, Source source)
    {
        foreach (var @operator in Operators.For(FieldType.Text))
        {
            var isAlone = Operators.ArityOf(@operator) == Arity.None;
            var expected = Rows.Where(row => Meets(row.Text, @operator, Values[row.Place])).Select(row => row.Key);

            var found = await KeysAsync(
                store,
                source,
                Values.Select((value, place) => (place, new Condition("text", @operator, isAlone ? [] : [value])))
            );

            Assert.Equal((@operator, InOrder(expected)), (@operator, InOrder(found)));
        }
    }

    private static bool Meets(string text, Operator @operator, string value)
    {
        if (Operators.OppositeOf(@operator) is { } opposite)
            return !Meets(text, opposite, value);
        var (one, other) = (text.Trim().ToUpperInvariant(), value.Trim().ToUpperInvariant());
        return @operator switch
        {
            Operator.Equal or Operator.InList => one == other,
            Operator.Contains => one.Contains(other, StringComparison.Ordinal),
            Operator.StartsWith => one.StartsWith(other, StringComparison.Ordinal),
            Operator.EndsWith => one.EndsWith(other, StringComparison.Ordinal),
            Operator.IsEmpty => false,
            Operator.IsNotEmpty => true,
            _ => throw new NotSupportedException(@operator.ToString()),
        };
    }

    /// <summary>
    /// One read for each operator. In column i, the rows a have i and the rows b have i + 1; the i-th column of the two rows at place i is
    /// compared.
    /// </summary>
    private static async Task NamesAsync(SourceStore store, Source source)
    {
        var columns = source.Fields.Select(field => field.Name).Except(["id", "place"]).ToList();
        Assert.Equal(Hostile, columns);
        foreach (
            var (row, @operator) in new[]
            {
                ("a", Operator.Equal),
                ("b", Operator.Greater),
                ("a", Operator.EndsWith),
                ("b", Operator.NotInList),
            }
        )
        {
            var found = await KeysAsync(
                store,
                source,
                columns.Select((column, i) => (i, new Condition(column, @operator, [i.ToString(CultureInfo.InvariantCulture)])))
            );

            Assert.Equal((@operator, InOrder(columns.Select((_, i) => row + i))), (@operator, InOrder(found)));
        }
    }

    /// <summary>Reads the rows that meet the condition of their place.</summary>
    private static async Task<IEnumerable<string>> KeysAsync(
        SourceStore store,
        Source source,
        IEnumerable<(int Place, Condition Condition)> conditions
    )
    {
        var definition = new ConditionSegment(
            new ConditionGroup(
                GroupKind.Any,
                [
                    .. conditions.Select(one => new ConditionGroup(
                        GroupKind.All,
                        [new Condition("place", Operator.Equal, [one.Place.ToString(CultureInfo.InvariantCulture)]), one.Condition]
                    )),
                ]
            )
        );
        return (await store.ReadAllAsync(source, definition)).Select(profile => profile.Key);
    }

    private static string InOrder(IEnumerable<string> keys) => string.Join(' ', keys.Order(StringComparer.Ordinal));

    private static string Wide(string table, char quote)
    {
        var columns = Hostile.Select(name => $"{Quoted(name, quote)} int");
        var rows = Named.Select(row => $"('{row.Key}', {row.Place}, {string.Join(", ", Hostile.Select((_, i) => i + row.More))})");
        return $"CREATE TABLE {Quoted(table, quote)}(id varchar(9), place int, {string.Join(", ", columns)});"
            + $"INSERT INTO {Quoted(table, quote)} VALUES {string.Join(", ", rows)};";
    }

    private static string Inserts(string table, bool hasBackslashes = false)
    {
        var rows = Rows.Select(row =>
        {
            var literal = row.Text.Replace("'", "''", StringComparison.Ordinal);
            if (hasBackslashes)
                literal = literal.Replace("\\", "\\\\", StringComparison.Ordinal);
            return $"('{row.Key}', {row.Place}, '{literal}')";
        });
        return $"INSERT INTO {table} VALUES {string.Join(", ", rows)};";
    }

    private static string Quoted(string name, char quote) =>
        $"{quote}{name.Replace($"{quote}", $"{quote}{quote}", StringComparison.Ordinal)}{quote}";

    private static async Task<long> CountAsync(DbConnection connection, string sql)
    {
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The test's own SQL.
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(Cancel), CultureInfo.InvariantCulture);
    }
}
