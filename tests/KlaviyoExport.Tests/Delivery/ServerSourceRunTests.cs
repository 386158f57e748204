using KlaviyoExport.Delivery;
using KlaviyoExport.Delivery.LookAhead;
using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Delivery;

[Trait(Needs.Trait, Needs.Server)]
public sealed class ServerSourceRunTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Members_from_PostgreSQL_reach_the_list_and_the_password_is_never_exposed()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync(logs: new LogCapture());
        var (exportId, password) = await AddExportAsync(product, database);

        var run = await product.RunAsync(exportId);

        Assert.Equal(RunState.Successful, run.State);
        Assert.True(run.Ledger.AddsUp);
        Assert.Equal(
            (503, 500, 1, 1, 1),
            (run.Ledger.Members, run.Ledger.Accepted, run.Ledger.WithoutEmail, run.Ledger.Invalid, run.Ledger.Duplicate)
        );
        Assert.Equal(
            500,
            product
                .Sandbox.State.Members(PracticeStore.Newsletter)
                .Count(member => member.Email!.EndsWith("@shop.example", StringComparison.Ordinal))
        );
        Assert.DoesNotContain(
            product.Logs.Lines,
            line => line.Contains(password, StringComparison.Ordinal) || line.Contains("@shop.example", StringComparison.Ordinal)
        );
        foreach (var file in Directory.EnumerateFiles(product.DataDirectory, "*", SearchOption.AllDirectories))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(open, System.Text.Encoding.Latin1);
            Assert.DoesNotContain(password, await reader.ReadToEndAsync(Cancel), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Members_of_a_query_reach_the_list()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync();
        var (exportId, _) = await AddExportAsync(
            product,
            database,
            draft =>
            {
                draft.IsQuery = true;
                draft.Query = "WITH c AS (SELECT * FROM customers WHERE id <= 100) SELECT id, email, name, active FROM c ORDER BY id DESC;";
            }
        );

        var run = await product.RunAsync(exportId);

        Assert.Equal((RunState.Successful, 50, 50), (run.State, run.Ledger.Members, run.Ledger.Accepted));
        Assert.Contains(product.Sandbox.State.Members(PracticeStore.Newsletter), member => member.Email == "c100@shop.example");
    }

    [Fact]
    public async Task A_run_whose_query_no_longer_works_fails_permanently_and_says_why()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync();
        var (exportId, _) = await AddExportAsync(
            product,
            database,
            draft => (draft.IsQuery, draft.Query) = (true, "SELECT id, email, name, active FROM customers")
        );
        await database.ExecuteAsync("ALTER TABLE customers RENAME COLUMN name TO full_name");

        var run = await product.RunAsync(exportId);

        Assert.Equal((RunState.FailedPermanent, "Sources.QueryWrongAt"), (run.State, run.Outcome!.Code));
    }

    [Fact]
    public async Task The_forecast_over_PostgreSQL_equals_the_run_that_follows()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync();
        var (exportId, _) = await AddExportAsync(product, database);
        await using (var db = await product.OpenAsync())
            await db.Set<Export>().ExecuteUpdateAsync(set => set.SetProperty(export => export.Audience.UpdateOnly, true), Cancel);

        var forecast = await product
            .Get<ForecastService>()
            .OfExportAsync(Product.Administrator, exportId, ForecastDepth.Everybody, null, Cancel);
        var run = await product.RunAsync(exportId);

        Assert.Equal((503, 500, 0), (forecast.Ledger.Members, forecast.Ledger.NotInKlaviyo, forecast.NewProfiles.Count));
        Assert.Equal(
            (forecast.Ledger.NotInKlaviyo, forecast.Ledger.Duplicate, forecast.Ledger.Prepared),
            (run.Ledger.NotInKlaviyo, run.Ledger.Duplicate, run.Ledger.Prepared)
        );
        Assert.Equal(RunOutcomeKind.NobodyInAudience, run.OutcomeKind);
    }

    [Fact]
    public async Task A_run_whose_source_server_is_down_is_retried_and_delivers_when_it_is_back()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync();
        var (exportId, _) = await AddExportAsync(product, database);
        var server = await MoveAsync(product, known => known with { Port = 1 });

        var run = await product.RunAsync(exportId);

        Assert.Equal((RunState.FailedRetrying, "Sources.ConnectionRefused"), (run.State, run.Outcome!.Code));
        await MoveAsync(product, _ => server);
        await product.Get<RunExecution>().RunAsync(run.Id, Cancel);
        Assert.Equal(500, (await product.FindRunAsync(run.Id)).Ledger.Accepted);
    }

    [Fact]
    public async Task A_run_whose_source_password_is_refused_fails_permanently()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var product = await Product.CreateAsync();
        var (exportId, _) = await AddExportAsync(product, database);
        await MoveAsync(product, known => known with { User = "nobody" });

        var run = await product.RunAsync(exportId);

        Assert.Equal((RunState.FailedPermanent, "Sources.SignInRefused"), (run.State, run.Outcome!.Code));
    }

    private static async Task<(int ExportId, string Password)> AddExportAsync(
        Product product,
        ServerDatabase database,
        Action<SourceDraft>? change = null
    )
    {
        await database.ExecuteAsync(
            """
            CREATE TABLE customers AS SELECT i AS id, 'c' || i || '@shop.example' AS email, 'Име ' || i AS name, i % 2 = 0 AS active FROM generate_series(1, 1000) AS i;
            INSERT INTO customers VALUES (1001, NULL, 'x', true), (1002, 'broken at shop', 'x', true), (1003, 'C2@shop.example', 'x', true)
            """
        );
        var draft = database.Draft(SourceKind.PostgreSql, "public.customers");
        change?.Invoke(draft);
        var source = await product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);
        var segment = await product
            .Get<SegmentService>()
            .SaveAsync(
                Product.Administrator,
                new SegmentDraft
                {
                    Name = "Active",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(
                        new ConditionGroup(GroupKind.All, [new Condition("active", Operator.Equal, ["yes"])])
                    ),
                },
                Cancel
            );
        return (await product.AddExportAsync("Newsletter", await product.AddConnectionAsync(), (source, segment)), draft.Password!);
    }

    /// <summary>Changes the location of the source directly in the store.</summary>
    /// <returns>The previous location.</returns>
    private static async Task<SourceServer> MoveAsync(Product product, Func<SourceServer, SourceServer> move)
    {
        await using var db = await product.OpenAsync();
        var source = await db.Set<Source>().SingleAsync(Cancel);
        var before = source.Server!;
        source.Server = move(before);
        await db.SaveChangesAsync(Cancel);
        return before;
    }
}
