using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>The email address is the key of a source without another one.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class AddressKeyTests
{
    private const string Sql = """
        CREATE TABLE people (email TEXT, name TEXT); INSERT INTO people VALUES
            ('Ana@shop.example', 'Ana'), ('ana@SHOP.example ', 'Ana M.'), (' ben@shop.example', 'Ben'), ('cve at shop', 'Cve'), ('', 'Dan'),
            ('eva@shop.example', 'Eva')
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SourceKind.Csv)]
    [InlineData(SourceKind.Sqlite)]
    [InlineData(SourceKind.PostgreSql)]
    public async Task Two_spellings_of_an_address_are_sent_once_and_nobody_is_lost(SourceKind kind)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync();
        var source = await product.Get<SourceService>().SaveAsync(Product.Administrator, await DraftAsync(product, database, kind), Cancel);
        var exportId = await AddExportAsync(product, source);

        var run = await product.RunAsync(exportId);
        var again = await product.RunAsync(exportId);

        Assert.Equal((5L, 1L), (source.RowCount, source.MalformedCount));
        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(
            (5, 1, 1, 3, 3),
            (run.Ledger.Members, run.Ledger.Invalid, run.Ledger.Duplicate, run.Ledger.Prepared, run.Ledger.Accepted)
        );
        Assert.Equal((5, 3), (again.Ledger.Members, again.Ledger.Unchanged + again.Ledger.Prepared));
    }

    private static async Task<SourceDraft> DraftAsync(Product product, ServerDatabase database, SourceKind kind)
    {
        var draft =
            kind == SourceKind.PostgreSql ? database.Draft(kind, "public.people") : new SourceDraft { Name = "People", Kind = kind };
        draft.KeyColumns = ["email"];
        if (kind == SourceKind.PostgreSql)
        {
            await database.ExecuteAsync(Sql);
        }
        else if (kind == SourceKind.Sqlite)
        {
            (draft.Location, draft.Table) = (Path.Combine(product.Directory, "people.db"), "people");
            await using var connection = new SqliteConnection($"Data Source={draft.Location};Pooling=False");
            await connection.OpenAsync(Cancel);
            await using var command = connection.CreateCommand();
            command.CommandText = Sql;
            await command.ExecuteNonQueryAsync(Cancel);
        }
        else
        {
            draft.Location = Path.Combine(product.Directory, "people.csv");
            await File.WriteAllLinesAsync(
                draft.Location,
                [
                    "email,name",
                    "Ana@shop.example,Ana",
                    "ana@SHOP.example ,Ana M.",
                    " ben@shop.example,Ben",
                    "cve at shop,Cve",
                    ",Dan",
                    "eva@shop.example,Eva",
                ],
                Cancel
            );
        }
        return draft;
    }

    private static async Task<int> AddExportAsync(Product product, Source source)
    {
        var everybody = await product
            .Get<SegmentService>()
            .SaveAsync(
                Product.Administrator,
                new SegmentDraft
                {
                    Name = "All",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                },
                Cancel
            );
        return await product.AddExportAsync("People", await product.AddConnectionAsync(), (source, everybody));
    }
}
