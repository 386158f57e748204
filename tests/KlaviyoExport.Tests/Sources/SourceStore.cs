using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Secrets;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Files;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Sources;

/// <summary>A store with sources and segments, and a folder whose files can be sources.</summary>
internal sealed class SourceStore : IAsyncDisposable
{
    private SourceStore(TestStore store, string root)
    {
        Store = store;
        Root = root;
    }

    public static Actor Administrator { get; } = new("admin", "Admin", Role.Administrator);

    /// <summary>Everything about files is found out.</summary>
    public static FileReading Reading { get; } = new(null, new FileDialect(), new PackedLimits(1_000_000_000));

    public TestStore Store { get; }

    public string Root { get; }

    public SegmentReader Reader => Store.Get<SegmentReader>();

    public SourceService Sources => Store.Get<SourceService>();

    public SegmentService Segments => Store.Get<SegmentService>();

    public string Staging => Path.Combine(Store.Directory, "data", "staging");

    public static async Task<SourceStore> CreateAsync(
        TimeProvider? clock = null,
        Dictionary<string, string?>? settings = null,
        ReadDiskSpace? disk = null
    )
    {
        var root = Directory.CreateTempSubdirectory("klaviyo-export-root-").FullName;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?>(settings ?? []) { ["Sources:Roots:0"] = root })
            .Build();
        return new SourceStore(
            await TestStore.CreateAsync(
                services =>
                {
                    if (disk is not null)
                        services.AddSingleton(disk);
                    services.AddSecrets().AddSources(configuration).AddSegments().AddExports();
                },
                clock
            ),
            root
        );
    }

    public string Write(string name, string content) => Write(name, System.Text.Encoding.UTF8.GetBytes(content));

    public string Write(string name, byte[] content)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    public Task<Source> AddCsvTextAsync(string content, List<string> keys) =>
        this.AddAsync(
            new SourceDraft
            {
                Name = "Customers",
                Location = Write("customers.csv", content),
                KeyColumns = keys,
            }
        );

    public Task<Source> AddCsvAsync(string location, string key = "id", string? delimiter = null, FileDialect? dialect = null) =>
        Sources.SaveAsync(
            Administrator,
            new SourceDraft
            {
                Name = "Customers",
                Location = location,
                KeyColumns = [key],
                Delimiter = delimiter,
                Dialect = dialect ?? new FileDialect(),
            },
            CancellationToken.None
        );

    public Task<Source> AddCsvTextAsync(string content, string key = "id") => AddCsvAsync(Write("customers.csv", content), key);

    public Task<Source> AddDatabaseAsync(string sql, string table, string key = "id") =>
        Sources.SaveAsync(
            Administrator,
            new SourceDraft
            {
                Name = "Database",
                Kind = SourceKind.Sqlite,
                Location = WriteDatabase("customers.db", sql),
                Table = table,
                KeyColumns = [key],
            },
            CancellationToken.None
        );

    /// <summary>All profiles with the values of all fields.</summary>
    public async Task<List<Profile>> ReadAllAsync(Source source, SegmentDefinition? definition = null)
    {
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = definition ?? new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
        };
        var profiles = new List<Profile>();
        await foreach (
            var profile in Reader.ReadAsync(source, [segment], [.. source.Fields.Select(field => field.Name)], CancellationToken.None)
        )
            profiles.Add(profile);
        return profiles;
    }

    public static async Task<string> RefusalAsync(Func<Task> act) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(act)).LocalizedMessage.ToString();

    /// <summary>A database as a user would have it.</summary>
    public string WriteDatabase(string name, string sql)
    {
        var path = Path.Combine(Root, name);
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
