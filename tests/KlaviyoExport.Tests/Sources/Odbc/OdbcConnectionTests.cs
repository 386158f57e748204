using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>Each way in which a driver cannot connect has a message that says what to do.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class OdbcConnectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Drivers_and_data_sources_of_the_machine_are_listed_and_others_are_refused()
    {
        await using var store = await SourceStore.CreateAsync();
        OdbcDatabase.Demand();
        var drivers = store.Store.Get<KlaviyoExport.Sources.Odbc.OdbcDrivers>();

        var installed = await drivers.InstalledAsync(SourceStore.Administrator, Cancel);

        Assert.True(installed.HasManager);
        Assert.Contains(OdbcDatabase.Sqlite, installed.Drivers);
        Assert.Contains("Without driver", installed.DataSources);
        var draft = OdbcDatabase.Draft("No such driver", "Database=x", "t", "id").With("u", "p");
        Assert.Contains("SQLite3", (await FaultAsync(store, draft, "OdbcNoDriver")).ToString(), StringComparison.Ordinal);
        draft.Odbc.DataSource = "Nowhere";
        await FaultAsync(store, draft, "OdbcNoDataSource");
    }

    [Fact]
    public async Task A_driver_that_cannot_be_loaded_and_a_data_source_without_a_driver_are_reported()
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = OdbcDatabase.Draft("Unloadable", "Database=x", "t", "id").With("u", "p");
        await FaultAsync(store, draft, "OdbcDriverBroken");
        draft.Odbc.DataSource = "Without driver";
        await FaultAsync(store, draft, "OdbcNotConfigured");
    }

    [Fact]
    public async Task A_wrong_host_port_database_or_password_is_told_in_the_words_of_the_driver_without_the_password()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE people(id int)");

        var wrong = OdbcDatabase.Draft(database, "public.people");
        wrong.Password = "not-the-password";
        var told = (await FaultAsync(store, wrong, "OdbcNotConnected")).ToString();
        Assert.Contains("password authentication failed", told, StringComparison.Ordinal);
        Assert.DoesNotContain("not-the-password", told, StringComparison.Ordinal);
        Assert.Contains("does not exist", await TellAsync("Database=", "Database=x"), StringComparison.Ordinal);
        Assert.Contains("no-such-host.invalid", await TellAsync("Server=", "Server=no-such-host.invalid#"), StringComparison.Ordinal);
        Assert.Contains("certificate", await TellAsync("Fetch=", "Fetch=1000\nSSLmode=verify-full#"), StringComparison.Ordinal);
        Assert.Contains("refused", await TellAsync("Port=", $"Port={Loopback.FreePort()}#"), StringComparison.OrdinalIgnoreCase);
        var table = OdbcDatabase.Draft(database, "public.gone");
        await FaultAsync(store, table, "NoTable");

        async Task<string> TellAsync(string key, string instead)
        {
            var draft = OdbcDatabase.Draft(database, "public.people");
            draft.Odbc.Keys = string.Join(
                '\n',
                draft
                    .Odbc.Keys.Split('\n')
                    .Select(line =>
                        !line.StartsWith(key, StringComparison.Ordinal) ? line
                        : instead.EndsWith('#') ? instead.TrimEnd('#')
                        : line.Replace(key, instead, StringComparison.Ordinal)
                    )
            );
            return (await FaultAsync(store, draft, "OdbcNotConnected")).ToString();
        }
    }

    [Fact]
    public async Task FreeTDS_reports_a_host_that_is_unknown_or_refuses()
    {
        await using var store = await SourceStore.CreateAsync();
        var draft = OdbcDatabase.Draft("FreeTDS", $"Server=127.0.0.1\nPort={Loopback.FreePort()}", "t", "id").With("u", "p");
        await FaultAsync(store, draft, "OdbcNotConnected");
        draft.Odbc.Keys = "Server=no-such-host.invalid\nPort=1433";
        await FaultAsync(store, draft, "OdbcNotConnected");
    }

    [Fact]
    public async Task MariaDB_reports_a_wrong_password_database_and_table()
    {
        await using var database = await OdbcDatabase.MariaDbAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE people(id int)");

        var draft = database.Draft("people");
        draft.Password = "wrong";
        await FaultAsync(store, draft, "SignInRefused");
        draft = database.Draft("people");
        draft.Odbc.Keys = draft.Odbc.Keys.Replace("DATABASE=", "DATABASE=x", StringComparison.Ordinal);
        await FaultAsync(store, draft, "OdbcRefused");
        await FaultAsync(store, database.Draft("gone"), "NoTable");
    }

    [Fact]
    public async Task The_password_goes_only_where_it_was_entered_for()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await using var store = await SourceStore.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE people(id int); INSERT INTO people VALUES (1)");
        var source = await store.AddAsync(OdbcDatabase.Draft(database, "public.people"));

        var draft = SourceDraft.Of(source);
        Assert.False(draft.NeedsPassword(source.Server));
        Assert.Single((await store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel)).Rows);
        draft.Odbc.Keys = draft.Odbc.Keys.Replace("127.0.0.1", "elsewhere.example", StringComparison.Ordinal);
        Assert.True(draft.NeedsPassword(source.Server));
        await FaultAsync(store, draft, "PasswordAgain");
        draft = SourceDraft.Of(source);
        draft.Odbc.Driver = "FreeTDS";
        await FaultAsync(store, draft, "PasswordAgain");
    }

    private static async Task<LocalizedMessage> FaultAsync(SourceStore store, SourceDraft draft, string code)
    {
        var fault = await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));
        Assert.True("Sources." + code == fault.LocalizedMessage.Code, fault.LocalizedMessage.Code + ": " + fault.Message);
        return fault.LocalizedMessage;
    }
}
