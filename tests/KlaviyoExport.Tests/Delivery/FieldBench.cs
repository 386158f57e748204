using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Lists;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>A product with one export of a table whose first columns are id and email, and whose further ones are mapped with rules.</summary>
internal sealed class FieldBench : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _file;
    private readonly string[] _columns;

    private FieldBench(Product product, string file, string[] columns, int exportId) =>
        (Product, _file, _columns, ExportId) = (product, file, columns, exportId);

    public Product Product { get; }

    public int ExportId { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<FieldBench> CreateAsync(
        IReadOnlyList<Field> fields,
        IReadOnlyList<FieldMapping> mappings,
        SyncMode mode = SyncMode.Full,
        string? timeZone = null,
        bool refusesAtOnce = false
    )
    {
        var product = await Product.CreateAsync(
            sandboxOptions: new SandboxOptions
            {
                Url = "http://127.0.0.1:0",
                JobPace = TimeSpan.FromMilliseconds(2),
                RememberedRequests = 5_000,
                RefusesTakenIdentifiers = refusesAtOnce,
            }
        );
        var connection = await product.AddConnectionAsync();
        var file = Path.Combine(product.Directory, "people.db");
        string[] columns = ["id", "email", .. fields.Select(field => field.Name)];
        await WriteAsync(file, columns, []);
        await using var db = await product.OpenAsync();
        (await db.Set<Connection>().SingleAsync(stored => stored.Id == connection.Id, Cancel)).TimeZone = timeZone;
        var source = new Source
        {
            Name = "People",
            Kind = SourceKind.Sqlite,
            Location = file,
            Table = "people",
            KeyColumns = ["id"],
            CreatedBy = "test",
            LoadedAt = DateTimeOffset.UnixEpoch,
            Fields = [Text("id"), Text("email"), .. fields],
        };
        var export = new Export
        {
            Name = "People",
            ConnectionId = connection.Id,
            Source = source,
            ListId = PracticeStore.Newsletter,
            ListName = "Newsletter",
            EmailField = "email",
            Fields = [.. mappings],
            SyncMode = mode,
            CreatedBy = "test",
            Segments =
            [
                new Segment
                {
                    Name = "All",
                    Source = source,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                    CreatedBy = "test",
                },
            ],
        };
        db.Add(export);
        await db.SaveChangesAsync(Cancel);
        return new FieldBench(product, file, columns, export.Id);
    }

    public static Field Text(string name) => new(name, FieldType.Text, 1, []);

    /// <summary>Replaces the people and runs the export.</summary>
    public async Task<Run> RunAsync(params string?[][] people)
    {
        await PutAsync(people);
        return await Product.RunAsync(ExportId);
    }

    /// <summary>Replaces the people.</summary>
    public Task PutAsync(params string?[][] people) => WriteAsync(_file, _columns, people);

    public async Task ChangeAsync(Action<Export> change)
    {
        await using var db = await Product.OpenAsync();
        change(await db.Set<Export>().SingleAsync(export => export.Id == ExportId, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    public SandboxMember Member(string email) =>
        Product.Sandbox.State.Members(PracticeStore.Newsletter).Single(member => member.Email == email);

    public bool IsOnList(string email) => Product.Sandbox.State.Members(PracticeStore.Newsletter).Any(member => member.Email == email);

    /// <summary>A property of a member in Klaviyo, as JSON. Null when it has none.</summary>
    public string? Property(string email, string name) =>
        JsonNode.Parse(Member(email).Attributes)!["properties"]?[name]?.ToJsonString(Plain);

    /// <summary>The effects on the values of a run: attribute, effect, number, keys of examples.</summary>
    public async Task<List<(string Attribute, FieldEffect Effect, long Count, string Keys)>> EffectsAsync(int runId)
    {
        await using var db = await Product.OpenAsync();
        var outcomes = await db.Set<FieldOutcome>().AsNoTracking().Where(outcome => outcome.RunId == runId).ToListAsync(Cancel);
        return
        [
            .. outcomes
                .OrderBy(outcome => outcome.Attribute, StringComparer.Ordinal)
                .ThenBy(outcome => outcome.Effect)
                .Select(outcome =>
                    (
                        outcome.Attribute,
                        outcome.Effect,
                        outcome.Count,
                        string.Join(' ', outcome.Examples.Select(example => example.ProfileKey))
                    )
                ),
        ];
    }

    public async Task<List<RejectionRow>> RejectionsAsync(int runId) =>
        [
            .. (
                await Product
                    .Get<RejectionService>()
                    .ListAsync(Product.Administrator, runId, new RejectionQuery { PageSize = RejectionQuery.LargestPage }, Cancel)
            ).Rows,
        ];

    public ValueTask DisposeAsync() => Product.DisposeAsync();

    private static async Task WriteAsync(string file, string[] columns, IEnumerable<string?[]> people)
    {
        await using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        await connection.OpenAsync(Cancel);
        await using var transaction = connection.BeginTransaction();
        await using var command = connection.CreateCommand();
        command.CommandText =
            $"DROP TABLE IF EXISTS people; CREATE TABLE people ({string.Join(", ", columns.Select(column => $"\"{column}\" TEXT"))});";
        await command.ExecuteNonQueryAsync(Cancel);
        command.CommandText = $"INSERT INTO people VALUES ({string.Join(", ", columns.Select((_, index) => $"$p{index}"))})";
        foreach (var person in people)
        {
            command.Parameters.Clear();
            for (var index = 0; index < columns.Length; index++)
                command.Parameters.AddWithValue($"$p{index}", (object?)person.ElementAtOrDefault(index) ?? DBNull.Value);
            await command.ExecuteNonQueryAsync(Cancel);
        }
        await transaction.CommitAsync(Cancel);
    }
}
