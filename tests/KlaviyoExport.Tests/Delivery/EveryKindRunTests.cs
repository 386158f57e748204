using System.Text.Json.Nodes;
using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using KlaviyoExport.Tests.Sources.Odbc;
using KlaviyoExport.Tests.Sources.Remote;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The same people, as people write them, become the same profiles from every kind of source.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class EveryKindRunTests
{
    private static readonly string?[][] People =
    [
        ["1", "ana@shop.example", "064 123 45 67", "31/12/1990"],
        ["2", "mailto:ben@shop.example", "+381 64 123-45-67", "13/02/1985"],
        ["3", "cve@shop.example", "call me", null],
        ["4", "a@x.example; b@x.example", null, null],
        ["5", "dan@shop.example", "065 999 88 77", "01/02/2000"],
        ["6", "eva@shop.example", "0038164 765 43 21", "28/02/1999"],
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SourceKind.Csv)]
    [InlineData(SourceKind.Sqlite)]
    [InlineData(SourceKind.PostgreSql)]
    [InlineData(SourceKind.PostgreSqlCompatible)]
    [InlineData(SourceKind.MySql)]
    [InlineData(SourceKind.Odbc)]
    [InlineData(SourceKind.S3)]
    public async Task Phones_dates_addresses_and_excluded_people_are_treated_alike_and_as_forecast(SourceKind kind)
    {
        await using var database = kind == SourceKind.MySql ? await ServerDatabase.MariaDbAsync() : await ServerDatabase.PostgreSqlAsync();
        await using var bucket = kind == SourceKind.S3 ? await RemotePlace.CreateAsync(kind) : null;
        await using var product = await Product.CreateAsync();
        var draft = bucket is null ? await DraftAsync(product, database, kind) : await DraftAsync(bucket);
        var source = await product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);
        var exportId = await AddExportAsync(product, source);

        var forecast = await product
            .Get<ForecastService>()
            .OfExportAsync(Product.Administrator, exportId, ForecastDepth.Everybody, null, Cancel);
        var run = await product.RunAsync(exportId);

        Assert.Equal(FieldType.Date, source.Fields.Single(field => field.Name == "born").Type);
        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal((5, 1, 4, 4), (run.Ledger.Members, run.Ledger.Invalid, run.Ledger.Prepared, run.Ledger.Accepted));
        Assert.Equal(
            (run.Ledger.Members, run.Ledger.Invalid, run.Ledger.Prepared, 4),
            (forecast.Ledger.Members, forecast.Ledger.Invalid, forecast.Ledger.Prepared, forecast.NewProfiles.Count)
        );
        Assert.Equal(
            [
                ("ana@shop.example", "+381641234567", "1990-12-31"),
                ("ben@shop.example", null, "1985-02-13"),
                ("cve@shop.example", null, null),
                ("eva@shop.example", "+381647654321", "1999-02-28"),
            ],
            product
                .Sandbox.State.Members(PracticeStore.Newsletter)
                .Where(member => member.Email!.EndsWith("@shop.example", StringComparison.Ordinal))
                .OrderBy(member => member.Email, StringComparer.Ordinal)
                .Select(member => (member.Email, member.PhoneNumber, BornOf(member.Attributes)))
        );
    }

    /// <summary>The day of birth in Klaviyo, without the time of its first moment.</summary>
    private static string? BornOf(string attributes) => ((string?)JsonNode.Parse(attributes)!["properties"]?["Born"])?.Split('T')[0];

    private static async Task<SourceDraft> DraftAsync(RemotePlace bucket)
    {
        await bucket.PutAsync("in/people.csv", Csv());
        return bucket.Draft();
    }

    private static string Csv() => string.Join('\n', ["id,email,phone,born", .. People.Select(person => string.Join(',', person))]);

    private static async Task<SourceDraft> DraftAsync(Product product, ServerDatabase database, SourceKind kind)
    {
        var rows = People.Select(person => $"({string.Join(", ", person.Select(value => value is null ? "NULL" : $"'{value}'"))})");
        var sql = "CREATE TABLE people (id TEXT, email TEXT, phone TEXT, born TEXT); INSERT INTO people VALUES " + string.Join(", ", rows);
        switch (kind)
        {
            case SourceKind.PostgreSql:
            case SourceKind.PostgreSqlCompatible:
                await database.ExecuteAsync(sql);
                return database.Draft(kind, "public.people");
            case SourceKind.MySql:
                await database.ExecuteAsync(sql);
                return database.Draft(kind, $"{database.Name}.people");
            case SourceKind.Odbc:
                await database.ExecuteAsync(sql);
                return OdbcDatabase.Draft(database, "public.people");
            case SourceKind.Sqlite:
                var file = Path.Combine(product.Directory, "people.db");
                await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
                {
                    await connection.OpenAsync(Cancel);
                    await using var command = connection.CreateCommand();
                    command.CommandText = sql;
                    await command.ExecuteNonQueryAsync(Cancel);
                }
                return new SourceDraft
                {
                    Name = "People",
                    Kind = kind,
                    Location = file,
                    Table = "people",
                    KeyColumns = ["id"],
                };
            default:
                var csv = Path.Combine(product.Directory, "people.csv");
                await File.WriteAllTextAsync(csv, Csv(), Cancel);
                return new SourceDraft
                {
                    Name = "People",
                    Kind = kind,
                    Location = csv,
                    KeyColumns = ["id"],
                };
        }
    }

    private static async Task<int> AddExportAsync(Product product, Source source)
    {
        var all = await SegmentAsync(product, source, "All");
        var born = await SegmentAsync(
            product,
            source,
            "Born in 2000",
            new Condition("born", Operator.Between, ["2000-01-01", "2000-12-31"])
        );
        var exportId = await product.AddExportAsync("People", await product.AddConnectionAsync(), (source, all));
        await using var db = await product.OpenAsync();
        var export = await db.Set<Export>().SingleAsync(export => export.Id == exportId, Cancel);
        export.Fields = [new("phone", "phone_number") { Region = "RS" }, new("born", "properties.Born")];
        export.ExcludedSegments.Add(await db.Set<Segment>().SingleAsync(segment => segment.Id == born.Id, Cancel));
        await db.SaveChangesAsync(Cancel);
        return exportId;
    }

    private static Task<Segment> SegmentAsync(Product product, Source source, string name, params ConditionNode[] parts) =>
        product
            .Get<SegmentService>()
            .SaveAsync(
                Product.Administrator,
                new SegmentDraft
                {
                    Name = name,
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, parts)),
                },
                Cancel
            );
}
