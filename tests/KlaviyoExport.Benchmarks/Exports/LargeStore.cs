using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Benchmarks.Exports;

/// <summary>A large SQLite store: 2,000 exports, 50,000 runs and 200,000 rejections, half of them of one run.</summary>
internal sealed class LargeStore : IAsyncDisposable
{
    public const int Exports = 2_000;
    public const int Runs = 50_000;
    public const int Rejections = 200_000;
    private const int Chunk = 5_000;

    private static readonly RunState[] Ends =
    [
        RunState.Successful,
        RunState.Successful,
        RunState.CompletedWithWarnings,
        RunState.FailedPermanent,
        RunState.Canceled,
    ];
    private static readonly string[] Words = ["Newsletter", "Билтен", "Butlletí", "Win-back", "VIP"];

    private readonly string _directory;
    private readonly ServiceProvider _services;

    private LargeStore(string directory, ServiceProvider services) => (_directory, _services) = (directory, services);

    public static DateTimeOffset Now { get; } = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The run with half of all rejections.</summary>
    public static int LargestRunId => Runs;

    public static async Task<LargeStore> CreateAsync()
    {
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-benchmark-").FullName;
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["DataDirectory"] = directory })
            .Build();
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton<TimeProvider>(new StoppedClock())
            .AddPeopleServices()
            .AddData(configuration, directory)
            .AddProduct(configuration)
            .BuildServiceProvider();
        await ActivatorUtilities.CreateInstance<StoreMigration>(services).StartingAsync(default);
        var store = new LargeStore(directory, services);
        await store.AddExportsAsync();
        await store.AddAsync(Enumerable.Range(1, Runs).Select(RunOf));
        await store.AddAsync(Enumerable.Range(0, Rejections).Select(store.RejectionOf));
        return store;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task AddExportsAsync()
    {
        var source = new Source
        {
            Name = "Customers",
            Kind = SourceKind.Sqlite,
            Location = "customers.db",
            KeyColumns = ["id"],
            CreatedBy = "b",
            Fields = [new("email", FieldType.Text, 1, [])],
        };
        var segment = new Segment
        {
            Name = "Everybody",
            Source = source,
            Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
            CreatedBy = "b",
        };
        var connections = Enumerable
            .Range(0, 20)
            .Select(number => new Connection
            {
                Name = Text($"Shop {number}"),
                AccountId = Text($"acc{number}"),
                AccountName = "Shop",
                ApiKey = [],
                ApiKeyEnding = "",
                ConsentBy = "b",
                CreatedBy = "b",
                Sharing = number % 2 == 0 ? Sharing.AllContributors : Sharing.ChosenContributors,
            })
            .ToList();
        await using var db = await Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
        db.AddRange(
            Enumerable
                .Range(0, Exports)
                .Select(number => new Export
                {
                    Name = Text($"{Words[number % Words.Length]} {(number * 7_919) % Exports}"),
                    Connection = connections[number % connections.Count],
                    Source = source,
                    Segments = [segment],
                    ListId = Text($"L{number:d5}"),
                    ListName = Text($"List {number % 97}"),
                    EmailField = "email",
                    CreatedBy = "b",
                    Schedule = new ExportSchedule
                    {
                        IsOn = number % 3 > 0,
                        Own = number % 3 == 2 ? new Recurrence { Times = [new TimeOnly(6, 0)] } : null,
                    },
                    NextRunAt = number % 3 == 2 ? Now.AddMinutes(number) : null,
                    MissedAt = number % 500 == 0 ? Now.AddDays(-1) : null,
                })
        );
        await db.SaveChangesAsync();
    }

    private static Run RunOf(int number)
    {
        var at = Now.AddMinutes(-2 * (Runs - number));
        var active = number > Runs - 40 && number < Runs;
        return new Run
        {
            Id = number,
            ExportId = (number % Exports) + 1,
            ActiveExportId = active ? (number % Exports) + 1 : null,
            AccountId = Text($"acc{number % 20}"),
            ListId = "L",
            RequestedBy = "b",
            State = active ? RunState.Queued : Ends[number % Ends.Length],
            Stage = active ? Stage.Prepare : Stage.Close,
            QueuedAt = at,
            StartedAt = active ? null : at,
            FinishedAt = active ? null : at.AddMinutes(1),
            Outcome = active ? null : new LocalizedMessage("Delivery.Successful", 1_000),
            Ledger = new Ledger
            {
                Members = 1_000,
                Prepared = 1_000,
                Accepted = 990,
                Refused = 10,
            },
        };
    }

    private Rejection RejectionOf(int number) =>
        new()
        {
            RunId = number % 2 == 0 ? LargestRunId : (number % (Runs - 1)) + 1,
            Ordinal = number,
            ProfileKey = Text($"c{number:d7}"),
            Reason = (RejectionReason)(number % 5),
            Email = Get<SecretProtector>().ProtectEmail(Text($"c{number}@shop.example")),
            Detail = "Invalid phone number",
            Code = "invalid",
            BatchNumber = 1,
        };

    private async Task AddAsync<T>(IEnumerable<T> rows)
        where T : class
    {
        foreach (var chunk in rows.Chunk(Chunk))
        {
            await using var db = await Get<IDbContextFactory<AppDb>>().CreateDbContextAsync();
            db.ChangeTracker.AutoDetectChangesEnabled = false;
            db.AddRange(chunk);
            await db.SaveChangesAsync();
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
