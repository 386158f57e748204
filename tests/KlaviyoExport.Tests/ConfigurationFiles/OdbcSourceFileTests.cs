using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Sources.Odbc;
using Microsoft.Data.Sqlite;

namespace KlaviyoExport.Tests.ConfigurationFiles;

[Trait(Needs.Trait, Needs.Server)]
public sealed class OdbcSourceFileTests
{
    [Fact]
    public async Task An_ODBC_source_is_added_from_a_file_and_written_to_one_and_refused_keys_are_named()
    {
        OdbcDatabase.Demand();
        await using var bench = await ConfigurationBench.CreateAsync();
        var database = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".db");
        try
        {
            await using (var connection = new SqliteConnection($"Data Source={database};Pooling=False"))
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText = "CREATE TABLE people(id TEXT, email TEXT); INSERT INTO people VALUES ('1', 'ana@shop.example')";
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
            var file = $$"""
                version: 1
                sources:
                  - name: Warehouse
                    kind: odbc
                    driver: SQLite3
                    driverKeys:
                      - { name: Database, value: '{{database}}' }
                    table: people
                    keyColumn: id
                """;

            await bench.AppliedAsync(file);

            var source = await bench.FindAsync<Source>("Warehouse");
            Assert.Equal((1, "SQLite3", false), (source.RowCount, source.Location, source.Server!.Odbc!.UsesPassword));
            Assert.Empty((await bench.PlanAsync(file)).Changes);
            Assert.Empty((await bench.PlanAsync(await bench.ExportAsync())).Changes);
            Assert.Contains(
                "The key LoadExt cannot be used",
                Assert.Single(await bench.FaultsAsync(file.Replace("name: Database", "name: LoadExt", StringComparison.Ordinal))),
                StringComparison.Ordinal
            );
            Assert.NotEmpty(await bench.FaultsAsync(file.Replace("driver: SQLite3", "host: db.shop.example", StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(database);
        }
    }
}
