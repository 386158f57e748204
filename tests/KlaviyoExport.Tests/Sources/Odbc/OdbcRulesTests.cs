using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>What an administrator enters for a driver cannot load code, write files, or change what else is entered.</summary>
public sealed class OdbcRulesTests
{
    [Theory]
    [InlineData("Server=127.0.0.1;Driver=/tmp/evil.so", "OdbcValueInvalid")]
    [InlineData("Server={127.0.0.1}", "OdbcValueInvalid")]
    [InlineData("Server=a}b", "OdbcValueInvalid")]
    [InlineData("Server=a\u0001b", "OdbcValueInvalid")]
    [InlineData("A};B=1", "OdbcKeyInvalid")]
    [InlineData("Server", "OdbcKeyInvalid")]
    [InlineData("Server=", "OdbcKeyInvalid")]
    [InlineData("=x", "OdbcKeyInvalid")]
    [InlineData("Server=a\nserver = b", "OdbcKeyTwice")]
    [InlineData("PWD=x", "OdbcKeySecret")]
    [InlineData("pass word=x", "OdbcKeySecret")]
    [InlineData("Auth_AccessToken=x", "OdbcKeySecret")]
    [InlineData("PRIV_KEY_FILE_PWD=x", "OdbcKeySecret")]
    [InlineData("Driver=x", "OdbcKeyRefused")]
    [InlineData("dsn=x", "OdbcKeyRefused")]
    [InlineData("FileDSN=/etc/x", "OdbcKeyRefused")]
    [InlineData("SAVEFILE=/tmp/x", "OdbcKeyRefused")]
    [InlineData("UID=root", "OdbcKeyRefused")]
    [InlineData("LoadExt=/tmp/evil.so", "OdbcKeyRefused")]
    [InlineData("PLUGIN_DIR=/tmp", "OdbcKeyRefused")]
    [InlineData("TranslationDLL=/tmp/evil.so", "OdbcKeyRefused")]
    [InlineData("ConnSettings=DROP TABLE t", "OdbcKeyRefused")]
    [InlineData("A6=DROP TABLE t", "OdbcKeyRefused")]
    [InlineData("InitStmt=DROP TABLE t", "OdbcKeyRefused")]
    [InlineData("TraceFile=/tmp/x", "OdbcKeyRefused")]
    [InlineData("LogPath=/tmp", "OdbcKeyRefused")]
    [InlineData("pqopt={passfile=/x}", "OdbcKeyRefused")]
    [InlineData("LoginTimeout=5\nCatalog=crm\nDatabase=x=y\nKeyFilePath=/etc/k.json", null)]
    public void A_key_that_could_do_more_than_connect_is_refused(string keys, string? code)
    {
        var target = new OdbcDraft { Driver = "PostgreSQL Unicode", Keys = keys }.ToTarget();

        Assert.Equal(code is null ? null : "Sources." + code, Refusal(() => OdbcRules.Demand(target, "u")));
    }

    [Theory]
    [InlineData("", "OdbcNeeded")]
    [InlineData("/tmp/evil.so", "OdbcNameInvalid")]
    [InlineData("..\\evil.dll", "OdbcNameInvalid")]
    [InlineData("SQLite3;LoadExt=/tmp/evil.so", "OdbcNameInvalid")]
    [InlineData("{SQLite3}", "OdbcNameInvalid")]
    [InlineData("Simba Spark ODBC Driver (64-bit)", null)]
    public void Only_names_of_drivers_and_data_sources_can_be_entered(string name, string? code)
    {
        foreach (
            var draft in new[]
            {
                new OdbcDraft { Driver = name },
                new OdbcDraft { DataSource = name },
            }
        )
            Assert.Equal(code is null ? null : "Sources." + code, Refusal(() => OdbcRules.Demand(draft.ToTarget(), "u")));
    }

    [Theory]
    [InlineData("p;LoadExt=/tmp/evil.so")]
    [InlineData("p}")]
    [InlineData("p\n")]
    public void A_password_that_a_driver_could_take_for_keys_is_not_sent(string password)
    {
        var server = new SourceServer("", null, "", "u") { Odbc = new OdbcDraft { Driver = "SQLite3" }.ToTarget() };

        Assert.Equal("Sources.OdbcValueInvalid", Refusal(() => OdbcConnect.Text(server, password)));
        Assert.Equal("Sources.OdbcValueInvalid", Refusal(() => OdbcConnect.Text(server with { User = "u;Driver=/tmp/evil.so" }, "p")));
    }

    [Theory]
    [InlineData("SELECT LISTAGG(a, '; ') AS a FROM t", null)]
    [InlineData("SELECT 1 AS a;", null)]
    [InlineData("SELECT 1 AS a; DELETE FROM t", "QueryManyStatements")]
    [InlineData("SELECT '\\'; DELETE FROM t; --' AS a", "QueryManyStatements")]
    [InlineData("SELECT $$'$$ AS a; DELETE FROM t --'", "QueryManyStatements")]
    [InlineData("SELECT 1 AS a /* /* */ '*/ ; DELETE FROM t --'", "QueryManyStatements")]
    [InlineData("SELECT 1 AS a # '\n ; DELETE FROM t --'", "QueryManyStatements")]
    [InlineData("SELECT `'` AS a ; DELETE FROM t --'", "QueryManyStatements")]
    [InlineData("SELECT [a'] FROM t ; DELETE FROM t --'", "QueryManyStatements")]
    [InlineData("SELECT a FROM t WHERE b = ?", "QueryParameter")]
    public void A_query_is_one_statement_in_every_dialect(string query, string? code) =>
        Assert.Equal(code is null ? null : "Sources." + code, Refusal(() => SourceQuery.Of(query, SourceKind.Odbc)));

    [Theory]
    [InlineData(OdbcPreset.Automatic, "SELECT a FROM t")]
    [InlineData(OdbcPreset.Snowflake, "SELECT a FROM t LIMIT 5")]
    [InlineData(OdbcPreset.BigQuery, "SELECT a FROM t LIMIT 5")]
    [InlineData(OdbcPreset.Databricks, "SELECT a FROM t LIMIT 5")]
    [InlineData(OdbcPreset.SapHana, "SELECT a FROM t LIMIT 5")]
    [InlineData(OdbcPreset.Oracle, "SELECT a FROM t WHERE ROWNUM <= 5")]
    [InlineData(OdbcPreset.Db2, "SELECT a FROM t FETCH FIRST 5 ROWS ONLY")]
    [InlineData(OdbcPreset.Teradata, "SELECT TOP 5 a FROM t")]
    [InlineData(OdbcPreset.Synapse, "SELECT TOP 5 a FROM t")]
    public void Each_preset_limits_rows_as_its_database_does(OdbcPreset preset, string statement)
    {
        Assert.Equal(statement, new OdbcDialect(preset).First("a", "t", 5));
        OdbcRules.Demand(new OdbcDraft { Driver = "x", Keys = OdbcTemplates.KeysOf(preset) }.ToTarget(), "u");
    }

    [Fact]
    public void Texts_are_joined_without_relying_on_what_a_database_makes_of_an_absent_one() =>
        Assert.Equal(
            "CASE WHEN a IS NULL OR b IS NULL THEN NULL ELSE CAST(a AS VARCHAR2(4000)) || CAST(b AS VARCHAR2(4000)) END",
            new OdbcDialect(OdbcPreset.Oracle).Concat(["a", "b"])
        );

    [Theory]
    [InlineData(ColumnFamily.Whole, "-5", "-5")]
    [InlineData(ColumnFamily.Decimal, "1.5", "1.5E+0")]
    [InlineData(ColumnFamily.Float, "-1E-300", "0")]
    [InlineData(ColumnFamily.Date, "2026-11-22", "{d '2026-11-22'}")]
    [InlineData(ColumnFamily.Moment, "2026-11-22T00:00:00", "{ts '2026-11-22 00:00:00'}")]
    internal void Values_are_written_as_every_database_reads_them(ColumnFamily family, string value, string literal) =>
        Assert.Equal(literal, OdbcLiterals.Of(value, family));

    [Theory]
    [InlineData("IM002", "OdbcNotConfigured", SourceFaultKind.Lasting)]
    [InlineData("01000", "OdbcDriverBroken", SourceFaultKind.Lasting)]
    [InlineData("IM003", "OdbcDriverBroken", SourceFaultKind.Lasting)]
    [InlineData("IM004", "OdbcDriverBroken", SourceFaultKind.Lasting)]
    [InlineData("28000", "SignInRefused", SourceFaultKind.Lasting)]
    [InlineData("08004", "OdbcNotConnected", SourceFaultKind.Refused)]
    [InlineData("HYT00", "OdbcSilent", SourceFaultKind.Unreachable)]
    [InlineData("57P03", "ServerBusy", SourceFaultKind.Busy)]
    internal void Each_state_of_a_failed_connection_has_a_message(string state, string code, SourceFaultKind kind)
    {
        var fault = OdbcFaults.OfConnection(state, "text", Reading(null));
        Assert.Equal(("Sources." + code, kind), (fault.Message.Code, fault.Kind));
        Assert.NotEmpty(fault.Message.ToString());
    }

    [Theory]
    [InlineData("42S02", false, "NoTable", SourceFaultKind.Lasting)]
    [InlineData("42S02", true, "QueryWrong", SourceFaultKind.Lasting)]
    [InlineData("42000", false, "OdbcMayNotRead", SourceFaultKind.Lasting)]
    [InlineData("42000", true, "QueryWrong", SourceFaultKind.Lasting)]
    [InlineData("42501", true, "NoPermission", SourceFaultKind.Lasting)]
    [InlineData("25006", true, "QueryNotAllowed", SourceFaultKind.Lasting)]
    [InlineData("25006", false, "WouldWrite", SourceFaultKind.Lasting)]
    [InlineData("HYT00", false, "StatementTimedOut", SourceFaultKind.TimedOut)]
    [InlineData("57014", false, "StatementTimedOut", SourceFaultKind.TimedOut)]
    [InlineData("08S01", false, "ServerGone", SourceFaultKind.Gone)]
    [InlineData("40001", false, "ServerBusy", SourceFaultKind.Busy)]
    [InlineData("HY001", false, "ServerBusy", SourceFaultKind.Busy)]
    [InlineData("HYC00", false, "OdbcCannot", SourceFaultKind.Lasting)]
    [InlineData("22018", false, "ServerFault", SourceFaultKind.Lasting)]
    [InlineData("HY000", true, "ServerFault", SourceFaultKind.Lasting)]
    internal void Each_state_of_a_failed_statement_has_a_message(string state, bool isQuery, string code, SourceFaultKind kind)
    {
        var fault = OdbcFaults.OfStatement(state, "ana@shop.example", Reading(isQuery ? "SELECT 1" : null), hasRead: true);
        Assert.Equal(("Sources." + code, kind), (fault.Message.Code, fault.Kind));
        Assert.Equal(code == "QueryWrong", fault.Message.ToString().Contains('@', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(13)]
    [InlineData(10)]
    public void A_disk_without_room_to_sort_is_a_temporary_fault_that_names_the_folder(int error)
    {
        var fault = KeySorter.FaultOf(new Microsoft.Data.Sqlite.SqliteException("x", error), "Customers")!;

        Assert.Equal(
            (new LocalizedMessage("Sources.NoRoomToSort", "Customers", Path.GetTempPath()), true),
            (fault.Message, fault.IsTransient)
        );
        Assert.Contains("Free space on it, or set TMPDIR", fault.Message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_a_driver_manager_is_told_what_to_install() =>
        Assert.Contains(
            "apt-get install unixodbc",
            OdbcFaults
                .Explain(
                    new TypeInitializationException("x", new DllNotFoundException("libodbc.so.2")),
                    Reading(null),
                    new OdbcDialect(OdbcPreset.Automatic)
                )!
                .Message.ToString(),
            StringComparison.Ordinal
        );

    private static ServerReading Reading(string? query) =>
        new(
            "Customers",
            new SourceServer("", null, "", "u") { Odbc = new OdbcDraft { Driver = "x" }.ToTarget() },
            0,
            "people",
            TimeSpan.FromMinutes(1),
            query
        );

    private static string? Refusal(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (SourceException refusal)
        {
            return refusal.LocalizedMessage.Code;
        }
    }
}
