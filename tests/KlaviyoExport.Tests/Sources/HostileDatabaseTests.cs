using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources;

/// <summary>
/// SQLite files that somebody else has made: their triggers, views and virtual tables change nothing and reach nothing outside the file.
/// </summary>
public sealed class HostileDatabaseTests
{
    private const string People = "CREATE TABLE people(id, name); INSERT INTO people VALUES (1, 'a'), (2, 'b');";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What is read as it is: the SQL of the file and its table or view.</summary>
    public static TheoryData<string, string> Harmless =>
        new()
        {
            {
                People
                    + "CREATE TABLE log(x); CREATE TRIGGER t AFTER INSERT ON people BEGIN INSERT INTO log VALUES ('x'); END;"
                    + "CREATE TRIGGER u BEFORE DELETE ON people BEGIN SELECT RAISE(ABORT, 'no'); END;",
                "people"
            },
            {
                People + "CREATE VIEW v AS SELECT * FROM people; CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN DELETE FROM people; END;",
                "v"
            },
            { "CREATE VIRTUAL TABLE people USING fts5(id, name); INSERT INTO people VALUES ('1', 'a'), ('2', 'b');", "people" },
            { People + "CREATE INDEX i ON people(lower(name)) WHERE name GLOB '*';", "people" },
        };

    /// <summary>What is refused: the SQL of the file, its table or view.</summary>
    public static TheoryData<string, string> Refused =>
        new()
        {
            { People + "CREATE VIEW v AS SELECT id, load_extension('/tmp/evil.so') AS name FROM people;", "v" },
            { People + "CREATE VIEW v AS SELECT id, fts3_tokenizer('simple', x'4141414141414141') AS name FROM people;", "v" },
            { People + "CREATE VIEW v AS SELECT id, readfile('/etc/passwd') AS name FROM people;", "v" },
            { People + "CREATE VIEW v AS SELECT id, writefile('/tmp/evil.txt', 'x') AS name FROM people;", "v" },
            { People + "CREATE VIEW v AS SELECT id, profile_fold(name) AS name FROM people;", "v" },
            { People + "CREATE VIEW v AS SELECT id, n.file AS name FROM people, pragma_database_list AS n;", "v" },
            { People + "CREATE VIEW v AS SELECT a.id, a.name FROM v AS a;", "v" },
            {
                People
                    + "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'CREATE TABLE people(id, name' WHERE name = 'people';",
                "people"
            },
            {
                People
                    + "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0, "
                    + "'CREATE VIRTUAL TABLE v USING csv(filename=''/etc/passwd'')');",
                "v"
            },
            {
                People
                    + "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES ('table', 'v', 'v', 0, "
                    + "'CREATE VIRTUAL TABLE v USING fsdir(''/'')');",
                "v"
            },
            { People + "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 999999 WHERE name = 'people';", "people" },
            { People + "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = 'DROP TABLE people' WHERE name = 'people';", "people" },
        };

    [Theory]
    [MemberData(nameof(Harmless))]
    public async Task What_a_file_does_when_it_is_written_does_not_happen_when_it_is_read(string sql, string table)
    {
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddDatabaseAsync(sql, table);
        var before = await File.ReadAllBytesAsync(source.Location, Cancel);

        Assert.Equal(["a", "b"], (await store.ReadAllAsync(source)).Select(profile => profile.Values[1]));
        Assert.Equal(before, await File.ReadAllBytesAsync(source.Location, Cancel));
        Assert.Equal(["customers.db"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_reaches_further_than_its_tables_is_refused_and_not_changed(string sql, string table)
    {
        await using var store = await SourceStore.CreateAsync();
        var path = store.WriteDatabase("customers.db", sql);
        var before = await File.ReadAllBytesAsync(path, Cancel);

        await IsRefusedAsync(store, path, table);

        Assert.Equal(before, await File.ReadAllBytesAsync(path, Cancel));
        Assert.Equal(["customers.db"], Directory.EnumerateFileSystemEntries(store.Root).Select(Path.GetFileName));
        Assert.False(File.Exists("/tmp/evil.txt"));
    }

    [Fact]
    public async Task A_file_with_any_damaged_page_is_refused_or_read_and_the_server_goes_on()
    {
        await using var store = await SourceStore.CreateAsync();
        var path = store.WriteDatabase(
            "whole.db",
            "PRAGMA page_size = 1024; CREATE TABLE people(id, name);"
                + "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
                + "INSERT INTO people SELECT i, 'name ' || i FROM n; CREATE INDEX i ON people(id);"
        );
        var whole = await File.ReadAllBytesAsync(path, Cancel);
        var (refused, pages) = (0, whole.Length / 1024);
        for (var page = 0; page < pages; page++)
        {
            byte[] damaged = [.. whole];
            damaged.AsSpan((page * 1024) + (page == 0 ? 100 : 0), 200).Fill(0xFF);
            var draft = Draft(store.Write($"{page}.db", damaged), "people");
            try
            {
                await store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel);
                await store.AddAsync(draft);
            }
            catch (LocalizedException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, pages / 2, pages);
        Assert.Equal(300, (await store.AddAsync(Draft(path, "people"))).RowCount);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("size")]
    [InlineData("version")]
    [InlineData("garbage")]
    public async Task A_file_that_is_only_the_beginning_of_a_database_is_refused(string kind)
    {
        await using var store = await SourceStore.CreateAsync();
        var whole = await File.ReadAllBytesAsync(store.WriteDatabase("whole.db", "PRAGMA page_size = 1024;" + People), Cancel);
        byte[] content = kind switch
        {
            "truncated" => whole[..700],
            // The size of a page.
            "size" => [.. whole[..16], 0xFF, 0xFF, .. whole[18..]],
            // The version of the schema.
            "version" => [.. whole[..44], 0xFF, 0xFF, 0xFF, 0xFF, .. whole[48..]],
            _ => [.. "SQLite format 3\0"u8, .. Enumerable.Repeat((byte)0xFF, 5_000)],
        };

        await IsRefusedAsync(store, store.Write("customers.db", content), "people");
    }

    private static SourceDraft Draft(string path, string table) =>
        new()
        {
            Name = Path.GetFileName(path),
            Kind = SourceKind.Sqlite,
            Location = path,
            Table = table,
            KeyColumns = ["id"],
        };

    private static async Task IsRefusedAsync(SourceStore store, string path, string table)
    {
        var draft = Draft(path, table);
        Assert.IsAssignableFrom<LocalizedException>(
            await Record.ExceptionAsync(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel))
        );
        Assert.IsAssignableFrom<LocalizedException>(await Record.ExceptionAsync(() => store.AddAsync(draft)));
        await using var db = await store.Store.OpenAsync();
        Assert.Empty(await db.Set<Source>().ToListAsync(Cancel));
    }
}
