using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;
using Microsoft.Data.SqlClient;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Checks of SQL Server that need no server. <c>EveryKindTests</c> uses a server if one is configured.</summary>
public sealed class SqlServerDialectTests
{
    private static readonly ServerDialect Dialect = ServerDialect.Of(SourceKind.SqlServer);

    private static readonly SourceServer Server = new("sql.example", null, "crm", "reader");

    [Theory]
    [InlineData(ServerTls.Verified, "True", false)]
    [InlineData(ServerTls.Encrypted, "True", true)]
    [InlineData(ServerTls.None, "False", true)]
    public void A_connection_is_read_only_and_uses_the_configured_TLS_mode(ServerTls tls, string encrypt, bool trusts)
    {
        using var source = Dialect.Connect(Server with { Tls = tls }, "p;Encrypt=false", null);
        var set = new SqlConnectionStringBuilder(source.ConnectionString);

        Assert.Equal((encrypt, trusts), (set.Encrypt.ToString(), set.TrustServerCertificate));
        Assert.Equal(
            ("tcp:sql.example,1433", "crm", "reader", "p;Encrypt=false"),
            (set.DataSource, set.InitialCatalog, set.UserID, set.Password)
        );
        Assert.Equal((ApplicationIntent.ReadOnly, false, false), (set.ApplicationIntent, set.PersistSecurityInfo, set.Pooling));
    }

    [Theory]
    [InlineData("int", "CONVERT(nvarchar(60), p.[a]]b])")]
    [InlineData("float", "p.[a]]b]")]
    [InlineData("bit", "CASE p.[a]]b] WHEN 1 THEN N'true' WHEN 0 THEN N'false' END")]
    [InlineData("datetime2", "CONVERT(nvarchar(40), p.[a]]b], 126)")]
    [InlineData("nchar", "RTRIM(p.[a]]b])")]
    [InlineData("nvarchar", "p.[a]]b]")]
    [InlineData("geography", "p.[a]]b].ToString()")]
    [InlineData("xml", "CONVERT(nvarchar(max), p.[a]]b])")]
    public void A_value_is_read_as_culture_independent_text(string type, string sql) => Assert.Equal(sql, Dialect.ValueOf(Column(type)));

    [Fact]
    public void Keys_are_compared_exactly_with_trailing_spaces()
    {
        Assert.Equal(
            "(CONVERT(nvarchar(4000), p.[a]]b]) + N'.') COLLATE Latin1_General_100_BIN2",
            Dialect.Exactly(Dialect.KeyOf(Column("varchar")))
        );
        Assert.Equal("x COLLATE Latin1_General_100_BIN2, DATALENGTH(x)", Dialect.InOrder("x"));
    }

    [Fact]
    public void A_key_of_several_columns_is_joined_without_being_cut_off_and_regardless_of_the_collation()
    {
        ServerColumn[] columns = [new("a", "int", ColumnFamily.Whole), new("b", "nvarchar", ColumnFamily.Text)];

        Assert.Equal(
            "(REPLACE(REPLACE(CONVERT(nvarchar(max), CONVERT(nvarchar(4000), CONVERT(nvarchar(60), p.[a]))) COLLATE "
                + "Latin1_General_100_BIN2, N'~', N'~0'), N'|', N'~1') + '|' + REPLACE(REPLACE(CONVERT(nvarchar(max), "
                + "CONVERT(nvarchar(4000), p.[b])) COLLATE Latin1_General_100_BIN2, N'~', N'~0'), N'|', N'~1'))",
            Dialect.KeyOf(columns)
        );
        Assert.Equal("CONVERT(nvarchar(4000), p.[b])", Dialect.KeyOf([columns[1]]));
    }

    [Theory]
    [InlineData("int", "bigint", "CONVERT(nvarchar(4000), CONVERT(nvarchar(60), p.[a]]b]))")]
    [InlineData("int", "decimal", "CONVERT(nvarchar(4000), CONVERT(nvarchar(60), p.[a]]b]))")]
    [InlineData("float", "float", "CONVERT(nvarchar(60), p.[a]]b], 3)")]
    [InlineData(
        "float",
        "int",
        "CASE WHEN ABS(p.[a]]b]) < 9007199254740992 AND p.[a]]b] = FLOOR(p.[a]]b]) THEN CONVERT(nvarchar(4000), "
            + "CONVERT(bigint, p.[a]]b])) ELSE CONVERT(nvarchar(60), p.[a]]b], 3) END"
    )]
    [InlineData("decimal", "varchar", "CONVERT(nvarchar(4000), CONVERT(nvarchar(60), p.[a]]b]))")]
    [InlineData("uniqueidentifier", "varchar", "CONVERT(nvarchar(4000), CONVERT(nvarchar(max), p.[a]]b]))")]
    public void A_number_is_compared_by_value_with_a_number_of_another_type(string type, string other, string sql) =>
        Assert.Equal(sql, Dialect.KeyOf([Column(type)], [Column(other)]));

    [Fact]
    public void A_decimal_number_is_compared_without_the_zeros_of_its_fraction()
    {
        const string Text = "CONVERT(nvarchar(4000), CONVERT(nvarchar(60), p.[a]]b]))";

        Assert.Equal(
            $"CASE WHEN {Text} LIKE N'%.%' THEN REPLACE(RTRIM(REPLACE(REPLACE(RTRIM(REPLACE({Text}, N'0', N' ')), N' ', N'0'), "
                + $"N'.', N' ')), N' ', N'.') ELSE {Text} END",
            Dialect.KeyOf([Column("decimal")], [Column("int")])
        );
    }

    [Theory]
    [InlineData(18456, 14, "Sources.SignInRefused", false)]
    [InlineData(4060, 11, "Sources.NoDatabase", false)]
    [InlineData(229, 14, "Sources.NoPermission", false)]
    [InlineData(208, 16, "Sources.NoTable", false)]
    [InlineData(20, 16, "Sources.TlsNotOffered", false)]
    [InlineData(-2146893019, 20, "Sources.CertificateNotTrusted", false)]
    [InlineData(3906, 16, "Sources.WouldWrite", false)]
    [InlineData(8134, 16, "Sources.ServerFault", false)]
    [InlineData(11001, 20, "Sources.HostUnknown", true)]
    [InlineData(10061, 20, "Sources.ConnectionRefused", true)]
    [InlineData(53, 20, "Sources.HostUnreachable", true)]
    [InlineData(-2, 11, "Sources.StatementTimedOut", true)]
    [InlineData(1205, 13, "Sources.ServerBusy", true)]
    [InlineData(40613, 20, "Sources.ServerBusy", true)]
    [InlineData(10054, 20, "Sources.ServerGone", true)]
    [InlineData(0, 11, "Sources.ServerGone", true)]
    public void Each_error_has_its_own_message_and_says_whether_it_is_temporary(int number, byte severity, string code, bool passes)
    {
        var fault = SqlServerFaults.Explain(
            number,
            severity,
            new ServerReading("CRM", Server, 1433, "dbo.people", TimeSpan.FromMinutes(5), null)
        );

        Assert.Equal((code, passes), (fault.Message.Code, fault.IsTransient));
        Assert.NotEmpty(fault.Message.ToString());
    }

    private static ServerColumn Column(string type) => new("a]b", type, Dialect.FamilyOf(type));
}
