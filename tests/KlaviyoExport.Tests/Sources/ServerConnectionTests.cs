using System.Net;
using System.Net.Sockets;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources;

/// <summary>
/// Connecting to a database server: faults are distinguished, and a password is sent only to the server it was entered for.
/// </summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class ServerConnectionTests
{
    private const string People = "CREATE TABLE people(id int, name text); INSERT INTO people VALUES (1, 'a'), (2, 'b')";

    private static readonly Actor Administrator = SourceStore.Administrator;

    private static readonly ConditionSegment Everybody = new(new ConditionGroup(GroupKind.All, []));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_refusal_of_PostgreSQL_has_its_own_message()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var role = "nologin_" + Guid.NewGuid().ToString("N");
        await database.ExecuteAsync($"{People}; CREATE ROLE {role} NOLOGIN PASSWORD 'r'");

        Assert.Equal("Sources.UserNotAdmitted", await CodeAsync(draft => (draft.User, draft.Password) = (role, "r")));
        await database.ExecuteAsync($"DROP ROLE {role}");
        Assert.Equal("Sources.SignInRefused", await CodeAsync(draft => draft.Password = "wrong"));
        Assert.Equal("Sources.SignInRefused", await CodeAsync(draft => draft.User = "nobody"));
        Assert.Equal("Sources.NoDatabase", await CodeAsync(draft => draft.Database = "nowhere"));
        Assert.Equal("Sources.ConnectionRefused", await CodeAsync(draft => draft.Port = Loopback.FreePort()));
        Assert.Equal("Sources.HostUnknown", await CodeAsync(draft => draft.Host = "no-such-host.invalid"));
        Assert.Equal("Sources.NoTable", await CodeAsync(draft => draft.Table = "public.gone"));
        Assert.Equal("Sources.CertificateNotTrusted", await CodeAsync(draft => draft.Tls = ServerTls.Verified));

        async Task<string> CodeAsync(Action<SourceDraft> change)
        {
            var draft = database.Draft(SourceKind.PostgreSql, "public.people");
            change(draft);
            return (await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel)))
                .LocalizedMessage
                .Code;
        }
    }

    [Theory]
    [InlineData(SourceKind.PostgreSql)]
    [InlineData(SourceKind.SqlServer)]
    [InlineData(SourceKind.MySql)]
    [InlineData(SourceKind.PostgreSqlCompatible)]
    public async Task An_absent_server_is_distinguished_from_one_that_refuses(SourceKind kind)
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Name = "x",
            Kind = kind,
            Host = "127.0.0.1",
            Port = Loopback.FreePort(),
            Database = "d",
            User = "u",
            Password = "p",
            Tls = ServerTls.None,
        };

        var refused = await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel));
        draft.Host = "no-such-host.invalid";
        var unknown = await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel));

        Assert.Equal(("Sources.ConnectionRefused", true), (refused.LocalizedMessage.Code, refused.Fault.IsTransient));
        Assert.Equal(("Sources.HostUnknown", true), (unknown.LocalizedMessage.Code, unknown.Fault.IsTransient));
    }

    [Theory]
    [InlineData(SourceKind.PostgreSql, "169.254.169.254")]
    [InlineData(SourceKind.SqlServer, "168.63.129.16")]
    [InlineData(SourceKind.MySql, "::ffff:169.254.169.254")]
    [InlineData(SourceKind.PostgreSqlCompatible, "fe80::1")]
    public async Task A_service_for_the_machine_itself_is_never_connected_to(SourceKind kind, string host)
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = new SourceDraft
        {
            Name = "x",
            Kind = kind,
            Host = host,
            Port = 80,
            Database = "d",
            User = "u",
            Password = "p",
            Tls = ServerTls.None,
        };

        var refused = await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel));

        Assert.Equal("Sources.AddressForbidden", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task A_server_that_offers_no_TLS_is_not_trusted_with_a_password()
    {
        await using var store = await SourceStore.CreateAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answer = Task.Run(
            async () =>
            {
                using var client = await listener.AcceptTcpClientAsync(Cancel);
                var asked = new byte[64];
                var length = await client.GetStream().ReadAsync(asked, Cancel);
                await client.GetStream().WriteAsync("N"u8.ToArray(), Cancel);
                return length + await client.GetStream().ReadAsync(asked, Cancel);
            },
            Cancel
        );
        var draft = new SourceDraft
        {
            Kind = SourceKind.PostgreSql,
            Host = "127.0.0.1",
            Port = ((IPEndPoint)listener.LocalEndpoint).Port,
            Database = "d",
            User = "u",
            Password = "p",
            Tls = ServerTls.Encrypted,
        };

        Assert.Equal(
            "Sources.TlsNotOffered",
            (await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel)))
                .LocalizedMessage
                .Code
        );
        // The eight bytes of the request for encryption, and nothing after the refusal.
        Assert.Equal(8, await answer);
    }

    [Fact]
    public async Task The_certificate_of_the_server_can_be_given_and_must_bear_its_name()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        var certificate = Environment.GetEnvironmentVariable("KLAVIYOEXPORT_TEST_POSTGRES_CERTIFICATE");
        Assert.SkipWhen(string.IsNullOrEmpty(certificate), "KLAVIYOEXPORT_TEST_POSTGRES_CERTIFICATE names no certificate.");
        await using var store = await SourceStore.CreateAsync();
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        (draft.Tls, draft.RootCertificate) = (
            ServerTls.Verified,
            store.Write("server.crt", await File.ReadAllBytesAsync(certificate, Cancel))
        );
        await database.ExecuteAsync(People + "; CREATE VIEW way AS SELECT 1 AS id, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");

        Assert.Equal(2, (await store.AddAsync(draft)).RowCount);
        draft.Table = "public.way";
        Assert.Equal(
            [
                ["1", "true"],
            ],
            (await store.Sources.TestAsync(Administrator, draft, Cancel)).Rows
        );
        // The loopback network has addresses that the certificate does not name.
        draft.Host = "127.0.0.2";
        Assert.Contains(
            (await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel)))
                .LocalizedMessage
                .Code,
            new[] { "Sources.CertificateNotTrusted", "Sources.ConnectionRefused" }
        );
        draft.RootCertificate = "/etc/passwd";
        Assert.Equal(
            "Sources.OutsideRoots",
            (await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(Administrator, draft, Cancel)))
                .LocalizedMessage
                .Code
        );
        (draft.Host, draft.Tls, draft.RootCertificate) = ("127.0.0.1", ServerTls.Encrypted, null);
        Assert.Equal(
            [
                ["1", "true"],
            ],
            (await store.Sources.TestAsync(Administrator, draft, Cancel)).Rows
        );
        draft.Tls = ServerTls.None;
        Assert.Equal(
            [
                ["1", "false"],
            ],
            (await store.Sources.TestAsync(Administrator, draft, Cancel)).Rows
        );
    }

    [Fact]
    public async Task A_user_with_SELECT_is_sufficient_and_one_without_it_is_reported()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var role = "reader_" + Guid.NewGuid().ToString("N");
        await database.ExecuteAsync(
            $"""
            {People}; CREATE TABLE secret(id int); CREATE TABLE partly(id int, secret text); INSERT INTO partly VALUES (1, 'x');
            CREATE ROLE {role} LOGIN PASSWORD 'r'; GRANT SELECT ON people TO {role}; GRANT SELECT (id) ON partly TO {role}
            """
        );
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        (draft.User, draft.Password) = (role, "r");
        try
        {
            Assert.Equal(
                ["public.partly", "public.people"],
                (await store.Sources.TestAsync(Administrator, draft, Cancel)).Tables.Select(table => table.Name)
            );
            var source = await store.AddAsync(draft);
            draft.Table = "public.partly";
            Assert.Equal(["id"], (await store.Sources.TestAsync(Administrator, draft, Cancel)).Fields.Select(field => field.Name));
            draft.Table = "public.secret";
            Assert.Equal(
                $"The user {role} may not read public.secret. Grant SELECT on it.",
                await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, draft, Cancel))
            );
            await database.ExecuteAsync(
                $"CREATE VIEW through WITH (security_invoker) AS SELECT * FROM secret; GRANT SELECT ON through TO {role}"
            );
            draft.Table = "public.through";
            Assert.Contains(
                "may not read public.through",
                await SourceStore.RefusalAsync(() => store.Sources.TestAsync(Administrator, draft, Cancel)),
                StringComparison.Ordinal
            );
            await database.ExecuteAsync($"REVOKE SELECT ON people FROM {role}");
            Assert.Contains(
                "may not read public.people",
                await SourceStore.RefusalAsync(() => store.Reader.CountAsync(source, Everybody, Cancel)),
                StringComparison.Ordinal
            );
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_statement_that_times_out_is_a_temporary_fault()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:StatementTimeout"] = "00:00:01" });
        var source = await store.AddPostgreSqlAsync(
            database,
            People + "; CREATE VIEW slow AS SELECT id FROM people WHERE pg_sleep(30) IS NOT NULL",
            "public.people"
        );
        source.Table = "public.slow";

        var late = await Assert.ThrowsAnyAsync<SourceException>(() => store.Reader.CountAsync(source, Everybody, Cancel));

        Assert.Equal(("Sources.StatementTimedOut", true), (late.LocalizedMessage.Code, late.Fault.IsTransient));
    }

    [Theory]
    [InlineData(SourceKind.PostgreSql)]
    [InlineData(SourceKind.PostgreSqlCompatible)]
    public async Task A_server_that_stops_during_a_read_is_a_temporary_fault(SourceKind kind)
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE many AS SELECT i AS id, repeat('x', 1000) AS note FROM generate_series(1, 50000) AS i");
        var source = await store.AddAsync(database.Draft(kind, "public.many"));
        var segment = new Segment
        {
            Name = "all",
            SourceId = source.Id,
            CreatedBy = "a",
            Definition = Everybody,
        };
        await using var reading = store.Reader.ReadAsync(source, [segment], ["note"], Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await reading.MoveNextAsync());

        await database.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        );
        var gone = await Assert.ThrowsAnyAsync<SourceException>(async () =>
        {
            while (await reading.MoveNextAsync())
                continue;
        });

        Assert.Equal(("Sources.ServerGone", true), (gone.LocalizedMessage.Code, gone.Fault.IsTransient));
    }

    [Fact]
    public async Task The_password_is_kept_encrypted_and_goes_only_where_it_was_entered_for()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        var source = await store.AddPostgreSqlAsync(database, People, "public.people");
        var password = database.Draft(SourceKind.PostgreSql).Password!;
        await using (var db = await store.Store.OpenAsync())
            Assert.DoesNotContain(
                password,
                System.Text.Encoding.UTF8.GetString((await db.Set<Source>().SingleAsync(Cancel)).Password!),
                StringComparison.Ordinal
            );

        // Without entering the password again: opened, renamed, another table and another database of the same server.
        Assert.Equal(2, (await store.Sources.TestAsync(Administrator, Edited(), Cancel)).Rows.Count);
        source = await store.AddAsync(Edited(draft => draft.Name = "Renamed"));
        await using (var other = await ServerDatabase.PostgreSqlAsync())
        {
            await other.ExecuteAsync(People);
            source = await store.AddAsync(Edited(draft => draft.Database = other.Draft(SourceKind.PostgreSql).Database));
            source = await store.AddAsync(Edited(draft => draft.Database = database.Draft(SourceKind.PostgreSql).Database));
        }
        source = await store.Sources.LoadAsync(Administrator, source.Id, Cancel);
        Assert.Equal(2, source.RowCount);

        Action<SourceDraft>[] elsewhere =
        [
            draft => draft.Host = "localhost",
            draft => draft.Port = Loopback.FreePort(),
            draft => draft.Port = null,
            draft => draft.User = "other",
            draft => draft.Tls = ServerTls.Encrypted,
            draft => (draft.Tls, draft.RootCertificate) = (ServerTls.Verified, "/x"),
            draft => draft.Kind = SourceKind.SqlServer,
            draft => draft.Kind = SourceKind.PostgreSqlCompatible,
        ];
        foreach (var change in elsewhere)
        {
            Assert.Equal("Sources.PasswordAgain", await CodeAsync(() => store.Sources.TestAsync(Administrator, Edited(change), Cancel)));
            Assert.Contains(await CodeAsync(() => store.AddAsync(Edited(change))), new[] { "Sources.PasswordAgain", "Sources.KindFixed" });
        }
        Assert.Equal(
            "Sources.PasswordNeeded",
            await CodeAsync(() => store.Sources.TestAsync(Administrator, Edited(draft => draft.Id = null), Cancel))
        );

        SourceDraft Edited(Action<SourceDraft>? change = null)
        {
            var draft = SourceDraft.Of(source);
            Assert.Null(draft.Password);
            change?.Invoke(draft);
            return draft;
        }
    }

    [Theory]
    [InlineData("", 5432, "d", "u", "Sources.HostNeeded")]
    [InlineData("a,b", 5432, "d", "u", "Sources.HostInvalid")]
    [InlineData("/var/run/postgresql", 5432, "d", "u", "Sources.HostInvalid")]
    [InlineData("host;Password=x", 5432, "d", "u", "Sources.HostInvalid")]
    [InlineData("np:\\\\.\\pipe\\sql", 1433, "d", "u", "Sources.HostInvalid")]
    [InlineData("(localdb)\\x", 1433, "d", "u", "Sources.HostInvalid")]
    [InlineData("a b", 1433, "d", "u", "Sources.HostInvalid")]
    [InlineData("127.0.0.1", 0, "d", "u", "Sources.PortInvalid")]
    [InlineData("127.0.0.1", 65536, "d", "u", "Sources.PortInvalid")]
    [InlineData("127.0.0.1", 5432, " ", "u", "Sources.DatabaseNeeded")]
    [InlineData("127.0.0.1", 5432, "d", "", "Sources.UserNeeded")]
    [InlineData("127.0.0.1", 5432, "d", "u", "Sources.PasswordNeeded")]
    public async Task A_missing_or_impossible_setting_is_named_before_the_server_is_called(
        string host,
        int port,
        string database,
        string user,
        string code
    )
    {
        await using var store = await SourceStore.CreateAsync();
        foreach (var kind in new[] { SourceKind.PostgreSql, SourceKind.SqlServer, SourceKind.MySql, SourceKind.PostgreSqlCompatible })
        {
            var draft = new SourceDraft
            {
                Name = "x",
                Kind = kind,
                Host = host,
                Port = port,
                Database = database,
                User = user,
                Table = "t",
                KeyColumns = ["id"],
            };
            Assert.Equal(code, await CodeAsync(() => store.Sources.TestAsync(Administrator, draft, Cancel)));
            Assert.Equal(code, await CodeAsync(() => store.AddAsync(draft)));
        }
    }

    private static async Task<string> CodeAsync(Func<Task> act) =>
        (await Assert.ThrowsAnyAsync<SourceException>(act)).LocalizedMessage.Code;
}
