using KlaviyoExport.Benchmarks.Commands;
using KlaviyoExport.Benchmarks.Customers;
using KlaviyoExport.Data;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Benchmarks.EndToEnd;

/// <summary>
/// The scenarios that the options choose: without options a selection that varies one dimension at a time, with <c>--all</c> every
/// combination, and otherwise every combination of the given values.
/// </summary>
internal static class Matrix
{
    public static readonly string[] Options = ["rows", "fields", "source", "store", "latency", "mode", "changed", "job", "all"];

    private static readonly Scenario Usual = new(
        1_000_000,
        0,
        SourceKind.Csv,
        StoreProvider.Sqlite,
        TimeSpan.FromSeconds(0.8),
        SyncMode.Full
    );

    private static readonly Scenario[] Selection =
    [
        Usual with
        {
            Rows = 10_000,
        },
        Usual with
        {
            Rows = 100_000,
        },
        Usual,
        Usual with
        {
            Latency = TimeSpan.Zero,
        },
        Usual with
        {
            Latency = TimeSpan.FromSeconds(0.2),
        },
        Usual with
        {
            Latency = TimeSpan.FromSeconds(2),
        },
        Usual with
        {
            Fields = CustomerFields.Count,
        },
        Usual with
        {
            Source = SourceKind.Sqlite,
        },
        Usual with
        {
            Source = SourceKind.PostgreSql,
        },
        Usual with
        {
            Store = StoreProvider.PostgreSql,
        },
        Usual with
        {
            Mode = SyncMode.Incremental,
        },
        Usual with
        {
            Mode = SyncMode.Mirror,
        },
    ];

    /// <summary>Returns the scenarios that can be measured here, and names those that need PostgreSQL where there is none.</summary>
    /// <exception cref="ArgumentException">A value is not possible.</exception>
    public static IReadOnlyList<Scenario> Of(CommandOptions options)
    {
        var all = options.Has("all");
        var isSelection = !all && !Options.Any(name => name is not ("all" or "changed" or "job") && options.Has(name));
        IEnumerable<Scenario> chosen = isSelection ? Selection : Combinations(options, all);
        var scenarios = chosen
            .Select(scenario => scenario with { Changed = options.Share("changed", 0.01), Job = options.Seconds("job", 0.4)[0] })
            .ToList();
        if (scenarios.Find(scenario => scenario.Fields is not 0 && scenario.Fields != CustomerFields.Count) is not null)
            throw new ArgumentException($"--fields can be 0 and {CustomerFields.Count}.");
        foreach (var scenario in Postgres.IsThere ? [] : scenarios.Where(scenario => scenario.NeedsPostgres))
            Console.WriteLine($"Left out, because KLAVIYOEXPORT_TEST_POSTGRES names no server: {scenario}");
        return [.. scenarios.Where(scenario => Postgres.IsThere || !scenario.NeedsPostgres)];
    }

    private static IEnumerable<Scenario> Combinations(CommandOptions options, bool all) =>
        from rows in options.Numbers("rows", all ? [10_000, 100_000, 1_000_000] : [Usual.Rows])
        from fields in options.Numbers("fields", all ? [0, CustomerFields.Count] : [Usual.Fields])
        from source in options.Choices<SourceKind>(
            "source",
            all ? [SourceKind.Csv, SourceKind.Sqlite, SourceKind.PostgreSql] : [Usual.Source]
        )
        from store in options.Choices<StoreProvider>("store", all ? [StoreProvider.Sqlite, StoreProvider.PostgreSql] : [Usual.Store])
        from latency in options.Seconds("latency", all ? [0, 0.2, 0.8, 2] : [Usual.Latency.TotalSeconds])
        from mode in options.Choices<SyncMode>("mode", all ? Enum.GetValues<SyncMode>() : [Usual.Mode])
        select new Scenario(rows, fields, source, store, latency, mode);
}
