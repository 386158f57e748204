using KlaviyoExport.Cluster;
using KlaviyoExport.Connections;
using KlaviyoExport.Data;

namespace KlaviyoExport.Tests.Data;

/// <summary>The SQL and the rows that SQL Server would get. No server runs them here.</summary>
public sealed class SqlServerBulkUpsertTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(1));

    [Fact]
    public void The_temporary_table_has_the_columns_of_the_table() =>
        Assert.Equal(
            "SELECT TOP 0 [Name], [Holder], [Until] INTO [#t] FROM [Leases]",
            SqlServerBulkUpsert.CreateSql(TableOf(typeof(Lease), []), "[#t]")
        );

    [Fact]
    public void Existing_rows_are_updated_and_the_others_inserted() =>
        Assert.Equal(
            "UPDATE existing SET [Holder] = COALESCE(existing.[Holder], added.[Holder]), [Until] = added.[Until] "
                + "FROM [Leases] AS existing WITH (UPDLOCK, HOLDLOCK) INNER JOIN [#t] AS added ON existing.[Name] = added.[Name]; "
                + "INSERT INTO [Leases] ([Name], [Holder], [Until]) SELECT [Name], [Holder], [Until] FROM [#t] AS added "
                + "WHERE NOT EXISTS (SELECT 1 FROM [Leases] AS existing WITH (UPDLOCK, HOLDLOCK) WHERE existing.[Name] = added.[Name]); "
                + "DROP TABLE [#t];",
            SqlServerBulkUpsert.MergeSql(TableOf(typeof(Lease), new() { [nameof(Lease.Holder)] = BulkMerge.KeepUnlessNull }), "[#t]")
        );

    [Fact]
    public void An_update_inserts_nothing()
    {
        using var db = new DesignTimeSqlServer().CreateDbContext([]);
        var table = BulkTable.Of(db, typeof(Lease), new Dictionary<string, BulkMerge>(), BulkWork.Update, [nameof(Lease.Until)]);

        Assert.Equal("SELECT TOP 0 [Name], [Until] INTO [#t] FROM [Leases]", SqlServerBulkUpsert.CreateSql(table, "[#t]"));
        Assert.Equal(
            "UPDATE existing SET [Until] = added.[Until] FROM [Leases] AS existing WITH (UPDLOCK, HOLDLOCK) "
                + "INNER JOIN [#t] AS added ON existing.[Name] = added.[Name]; DROP TABLE [#t];",
            SqlServerBulkUpsert.MergeSql(table, "[#t]")
        );
    }

    [Fact]
    public void A_generated_key_is_no_column_of_new_rows()
    {
        using var db = new DesignTimeSqlServer().CreateDbContext([]);

        var table = BulkTable.Of(db, typeof(ConnectionDraft), new Dictionary<string, BulkMerge>(), BulkWork.Insert);

        Assert.DoesNotContain(table.Columns, column => column.IsKey);
    }

    [Fact]
    public void A_table_of_keys_is_only_inserted_into()
    {
        var sql = SqlServerBulkUpsert.MergeSql(TableOf(typeof(ConnectionShare), []), "[#t]");

        Assert.StartsWith("INSERT INTO [ConnectionShare]", sql, StringComparison.Ordinal);
        Assert.EndsWith(
            "WHERE existing.[ConnectionId] = added.[ConnectionId] AND existing.[UserId] = added.[UserId]); DROP TABLE [#t];",
            sql,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_rows_have_the_columns_of_the_table_and_converted_values()
    {
        var draft = new ConnectionDraft
        {
            Id = 1,
            OwnerId = "a",
            StartedAt = Noon,
            Sharing = Sharing.ChosenContributors,
            ApiKey = [1],
        };
        var table = TableOf(typeof(ConnectionDraft), []);

        using var data = SqlServerBulkUpsert.Data(table, [draft], TestContext.Current.CancellationToken);

        Assert.Equal(
            table.Columns.Select(column => column.Property),
            data.Columns.Cast<System.Data.DataColumn>().Select(column => column.ColumnName)
        );
        var row = Assert.Single(data.Rows.Cast<System.Data.DataRow>());
        Assert.Equal("ChosenContributors", row[nameof(draft.Sharing)]);
        Assert.Equal(TimeSpan.Zero, Assert.IsType<DateTimeOffset>(row[nameof(draft.StartedAt)]).Offset);
        Assert.Equal(Noon, row[nameof(draft.StartedAt)]);
        Assert.Equal(new byte[] { 1 }, row[nameof(draft.ApiKey)]);
        Assert.Equal(DBNull.Value, row[nameof(draft.Grant)]);
    }

    private static BulkTable TableOf(Type entity, Dictionary<string, BulkMerge> merge)
    {
        using var db = new DesignTimeSqlServer().CreateDbContext([]);
        return BulkTable.Of(db, entity, merge);
    }
}
