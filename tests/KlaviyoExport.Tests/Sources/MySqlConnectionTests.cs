using System.Globalization;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Servers;
using MySqlConnector;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Connecting to MariaDB, and each fault that it or the network has.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class MySqlConnectionTests
{
    private const string People = "CREATE TABLE people(id int, name text); INSERT INTO people VALUES (1, 'a'), (2, 'b')";

    private static readonly Actor Administrator = SourceStore.Administrator;

    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    private static readonly SourceServer Server = new("db.example", null, "crm", "reader");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_refusal_has_its_own_message()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync(People);

        Assert.Equal("Sources.SignInRefused", await CodeAsync(draft => draft.Password = "wrong"));
        Assert.Equal("Sources.SignInRefused", await CodeAsync(draft => draft.User = "nobody"));
        Assert.Equal("Sources.NoDatabase", await CodeAsync(draft => draft.Database = "nowhere"));
        Assert.Equal("Sources.ConnectionRefused", await CodeAsync(draft => draft.Port = Loopback.FreePort()));
        Assert.Equal("Sources.HostUnknown", await CodeAsync(draft => draft.Host = "no-such-host.invalid"));
        Assert.Equal("Sources.NoTable", await CodeAsync(draft => draft.Table = $"{database.Name}.gone"));
        Assert.Equal("Sources.CertificateNotTrusted", await CodeAsync(draft => draft.Tls = ServerTls.Verified));

        async Task<string> CodeAsync(Action<SourceDraft> change)
        {
            var draft = database.Draft(SourceKind.MySql, $"{database.Name}.people");
            change(draft);
            return (await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel)))
                .LocalizedMessage
                .Code;
        }
    }

    [Fact]
    public async Task The_certificate_of_the_server_can_be_given_and_must_bear_its_name()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        var certificate = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_MARIADB_CERTIFICATE");
        Assert.SkipWhen(string.IsNullOrEmpty(certificate), "KLAVIYOEXPORT_TEST_MARIADB_CERTIFICATE names no certificate; use ./test.sh.");
        var other = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES_CERTIFICATE");
        await using var store = await SourceStore.CreateAsync();
        var draft = database.Draft(SourceKind.MySql);
        (draft.IsQuery, draft.Query) = (
            true,
            "SELECT 1 AS id, variable_value <> '' AS tls FROM information_schema.SESSION_STATUS WHERE variable_name = 'Ssl_cipher'"
        );
        (draft.Tls, draft.RootCertificate) = (
            ServerTls.Verified,
            store.Write("server.crt", await File.ReadAllBytesAsync(certificate, Cancel))
        );

        Assert.Equal("1 1", await TestedAsync());
        if (!string.IsNullOrEmpty(other))
        {
            draft.RootCertificate = store.Write("other.crt", await File.ReadAllBytesAsync(other, Cancel));
            Assert.Equal("Sources.CertificateNotTrusted", await TestedAsync());
        }
        draft.RootCertificate = "/etc/passwd";
        Assert.Equal("Sources.OutsideRoots", await TestedAsync());
        (draft.Tls, draft.RootCertificate) = (ServerTls.Encrypted, null);
        Assert.Equal("1 1", await TestedAsync());
        draft.Tls = ServerTls.None;
        Assert.Equal("1 0", await TestedAsync());

        async Task<string> TestedAsync()
        {
            try
            {
                return string.Join(' ', (await store.Sources.TestAsync(Administrator, draft, Cancel)).Rows.Single());
            }
            catch (SourceException refusal)
            {
                return refusal.LocalizedMessage.Code;
            }
        }
    }

    [Fact]
    public async Task A_user_with_SELECT_is_sufficient_and_one_without_it_is_reported()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var user = "r" + Guid.NewGuid().ToString("N")[..20];
        await database.ExecuteAsync(
            $"""
            {People}; CREATE TABLE secret(id int); CREATE TABLE partly(id int, secret text); INSERT INTO partly VALUES (1, 'x');
            CREATE SQL SECURITY INVOKER VIEW through AS SELECT * FROM secret;
            CREATE USER {user}@'127.0.0.1' IDENTIFIED BY 'r'; GRANT SELECT ON people TO {user}@'127.0.0.1';
            GRANT SELECT ON through TO {user}@'127.0.0.1'; GRANT SELECT (id) ON partly TO {user}@'127.0.0.1'; GRANT INSERT ON secret TO {user}@'127.0.0.1'
            """
        );
        var draft = database.Draft(SourceKind.MySql, $"{database.Name}.people");
        (draft.User, draft.Password) = (user, "r");
        try
        {
            Assert.Superset(
                new HashSet<string> { $"{database.Name}.people", $"{database.Name}.partly" },
                (await store.Sources.TestAsync(Administrator, draft, Cancel)).Tables.Select(table => table.Name).ToHashSet()
            );
            var source = await store.AddAsync(draft);
            draft.Table = $"{database.Name}.partly";
            Assert.Equal(["id"], (await store.Sources.TestAsync(Administrator, draft, Cancel)).Fields.Select(field => field.Name));
            foreach (var refused in new[] { "secret", "through" })
            {
                draft.Table = $"{database.Name}.{refused}";
                Assert.Contains(
                    $"may not read {database.Name}.{refused}",
                    await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, draft, Cancel)),
                    StringComparison.Ordinal
                );
            }
            await database.ExecuteAsync($"REVOKE SELECT ON people FROM {user}@'127.0.0.1'");
            Assert.Contains(
                "has no table or view",
                await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, Everybody, Cancel)),
                StringComparison.Ordinal
            );
        }
        finally
        {
            await database.ExecuteAsync($"DROP USER {user}@'127.0.0.1'");
        }
    }

    [Fact]
    public async Task A_statement_that_times_out_is_a_temporary_fault()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:01" });
        var source = await store.AddMariaDbAsync(
            database,
            People + "; CREATE VIEW slow AS SELECT id FROM people WHERE SLEEP(30) = 0",
            "people"
        );
        source.Table = $"{database.Name}.slow";

        var late = await Assert.ThrowsAnyAsync<SourceException>(() => store.Reader.CountAsync(source, Everybody, Cancel));

        Assert.Equal(("Sources.StatementTimedOut", true), (late.LocalizedMessage.Code, late.Fault.IsTransient));
    }

    [Fact]
    public async Task A_connection_that_is_cut_during_a_read_is_a_temporary_fault()
    {
        await using var database = await ServerDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddMariaDbAsync(
            database,
            "CREATE TABLE many AS SELECT seq AS id, REPEAT('x', 1000) AS note FROM seq_1_to_50000",
            "many"
        );
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = Everybody,
        };
        await using var reading = store.Reader.ReadAsync(source, [segment], ["note"], Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await reading.MoveNextAsync());

        await KillAsync(database);
        var gone = await Assert.ThrowsAnyAsync<SourceException>(async () =>
        {
            while (await reading.MoveNextAsync())
                continue;
        });

        Assert.Equal(("Sources.ServerGone", true), (gone.LocalizedMessage.Code, gone.Fault.IsTransient));
    }

    [Theory]
    [InlineData(1045, "Sources.SignInRefused", false)]
    [InlineData(1130, "Sources.AccountNotAdmitted", false)]
    [InlineData(1049, "Sources.NoDatabase", false)]
    [InlineData(1142, "Sources.NoPermission", false)]
    [InlineData(1146, "Sources.NoTable", false)]
    [InlineData(1792, "Sources.WouldWrite", false)]
    [InlineData(1365, "Sources.ServerFault", false)]
    [InlineData(3024, "Sources.StatementTimedOut", true)]
    [InlineData(1969, "Sources.StatementTimedOut", true)]
    [InlineData(1040, "Sources.ServerBusy", true)]
    [InlineData(1213, "Sources.ServerBusy", true)]
    [InlineData(1021, "Sources.ServerBusy", true)]
    [InlineData(1053, "Sources.ServerGone", true)]
    [InlineData(1927, "Sources.ServerGone", true)]
    public void Each_error_has_its_own_message_and_says_whether_it_is_temporary(int number, string code, bool passes)
    {
        var fault = MySqlFaults.Explain(number, new ServerReading("CRM", Server, 3306, "crm.people", TimeSpan.FromMinutes(5), null));

        Assert.Equal((code, passes), (fault.Message.Code, fault.IsTransient));
        Assert.NotEmpty(fault.Message.ToString());
    }

    [Theory]
    [InlineData(ServerTls.Verified, "db.example", MySqlSslMode.VerifyFull, false)]
    [InlineData(ServerTls.Encrypted, "127.0.0.1", MySqlSslMode.Required, false)]
    [InlineData(ServerTls.None, "db.example", MySqlSslMode.Disabled, false)]
    [InlineData(ServerTls.None, "127.0.0.1", MySqlSslMode.Disabled, true)]
    [InlineData(ServerTls.None, "localhost", MySqlSslMode.Disabled, true)]
    public void A_connection_uses_the_chosen_TLS_mode_and_gives_the_server_no_files_and_no_password_to_a_stranger(
        ServerTls tls,
        string host,
        MySqlSslMode mode,
        bool takesKey
    )
    {
        using var source = ServerDialect.Of(SourceKind.MySql).Connect(Server with { Host = host, Tls = tls }, "p;SslMode=None", "/ca.crt");
        var set = new MySqlConnectionStringBuilder(source.ConnectionString);

        Assert.Equal((mode, takesKey), (set.SslMode, set.AllowPublicKeyRetrieval));
        Assert.Equal((false, false, false), (set.AllowLoadLocalInfile, set.AllowUserVariables, set.Pooling));
        Assert.Equal(("crm", "reader", tls == ServerTls.Verified ? "/ca.crt" : ""), (set.Database, set.UserID, set.SslCa));
    }

    private static async Task KillAsync(ServerDatabase database)
    {
        await using var connection = new MySqlConnection(database.ConnectionString);
        await connection.OpenAsync(Cancel);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT ID FROM information_schema.PROCESSLIST WHERE DB = DATABASE() AND ID <> CONNECTION_ID()";
        var ids = new List<long>();
        await using (var reader = await command.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
                ids.Add(reader.GetInt64(0));
        }
        Assert.NotEmpty(ids);
        foreach (var id in ids)
            await database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"KILL {id}"));
    }
}
