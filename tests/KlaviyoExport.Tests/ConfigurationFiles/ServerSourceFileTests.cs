using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources;

namespace KlaviyoExport.Tests.ConfigurationFiles;

[Trait(Needs.Trait, Needs.Server)]
public sealed class ServerSourceFileTests
{
    [Theory]
    [InlineData(SourceKind.PostgreSql, "postgreSql")]
    [InlineData(SourceKind.PostgreSqlCompatible, "postgreSqlCompatible")]
    [InlineData(SourceKind.MySql, "mySql")]
    public async Task A_database_source_is_added_with_the_password_of_a_variable_and_is_loaded_again_when_the_password_changes(
        SourceKind kind,
        string word
    )
    {
        await using var database = kind == SourceKind.MySql ? await ServerDatabase.MariaDbAsync() : await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync("CREATE TABLE customers (id text, email text); INSERT INTO customers VALUES ('1', 'ana@shop.example')");
        await using var bench = await ConfigurationBench.CreateAsync();
        var draft = database.Draft(kind, "customers");
        var variable = bench.Key.Replace("KEY", "PASSWORD", StringComparison.Ordinal);
        bench.Set(variable, draft.Password);
        var file = $$"""
            version: 1
            sources:
              - name: Warehouse
                kind: {{word}}
                host: {{draft.Host}}
                port: {{draft.Port}}
                database: {{draft.Database}}
                user: {{draft.User}}
                password: { env: {{variable}} }
                tls: none
                query: |
                  SELECT id, email
                  FROM customers;
                keyColumn: id
            """;

        await bench.AppliedAsync(file);

        var source = await bench.FindAsync<Source>("Warehouse");
        Assert.Equal((1, "SELECT id, email\nFROM customers"), (source.RowCount, source.Query));
        Assert.Empty((await bench.PlanAsync(file)).Changes);
        Assert.Empty((await bench.PlanAsync(await bench.ExportAsync())).Changes);

        bench.Set(variable, draft.Password + "x");
        var change = Assert.Single((await bench.PlanAsync(file)).Changes);
        Assert.Equal(("password.value", "•••"), (change.Properties[0].Path, change.Properties[0].Old));

        bench.Set(variable, null);
        Assert.Empty((await bench.PlanAsync(file)).Changes);
        Assert.StartsWith(
            "3:11: The environment variable",
            Assert.Single(await bench.FaultsAsync(file.Replace($"user: {draft.User}", "user: somebody", StringComparison.Ordinal))),
            StringComparison.Ordinal
        );
    }
}
