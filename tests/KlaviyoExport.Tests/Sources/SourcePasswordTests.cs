using System.Text.Json;
using KlaviyoExport.People;
using KlaviyoExport.Secrets;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Secrets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace KlaviyoExport.Tests.Sources;

/// <summary>Passwords of sources that are kept outside the store, with a real PostgreSQL.</summary>
[Trait(Needs.Trait, Needs.Server)]
[Collection(nameof(TestKeyVault))]
public sealed class SourcePasswordTests : IDisposable
{
    private const string People = "CREATE TABLE people(id int, name text); INSERT INTO people VALUES (1, 'a'), (2, 'b')";
    private const string Secret = "klaviyo-export-warehouse";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("klaviyo-export-secrets-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder.FullName, "warehouse");

    private Dictionary<string, string?> Settings => new() { ["Secrets:Directories:0"] = _folder.FullName };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_password_in_a_file_is_used_and_never_stored()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync(People);
        await using var product = await Product.CreateAsync(settings: Settings);
        var draft = await InFileAsync(database);

        var source = await product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);

        await using var db = await product.OpenAsync();
        var stored = await db.Set<Source>().AsNoTracking().SingleAsync(Cancel);
        Assert.Equal((2L, null, SecretPlace.InFile(File)), (source.RowCount, stored.Password, stored.PasswordFrom));
        var audit = await db.Set<AuditEntry>().AsNoTracking().SingleAsync(entry => entry.Action == "Sources.PasswordMoved", Cancel);
        Assert.Equal($"file {File}", audit.Detail!.ToString());
    }

    [Fact]
    public async Task A_named_secret_follows_the_source_to_another_server_and_a_stored_password_does_not()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync(People);
        await using var product = await Product.CreateAsync(settings: Settings);
        var sources = product.Get<SourceService>();
        var source = await sources.SaveAsync(Product.Administrator, await InFileAsync(database), Cancel);

        // The name of the secret is all there is to enter, so it may be used for any server.
        var moved = SourceDraft.Of(source);
        moved.Host = "localhost";
        Assert.Equal(2, (await sources.TestAsync(Product.Administrator, moved, Cancel)).Rows.Count);

        var here = SourceDraft.Of(source);
        here.PasswordIn = null;
        Assert.Equal("Sources.PasswordNeeded", await RefusalAsync(() => sources.SaveAsync(Product.Administrator, here, Cancel)));
        here.Password = new NpgsqlConnectionStringBuilder(database.ConnectionString).Password;
        source = await sources.SaveAsync(Product.Administrator, here, Cancel);
        Assert.Equal((true, null), (source.Password is not null, source.PasswordFrom));
    }

    [Fact]
    public async Task A_password_that_was_replaced_in_the_vault_is_used_without_a_restart()
    {
        await using var vault = await TestKeyVault.StartAsync();
        await using var database = await ServerDatabase.PostgreSqlAsync();
        var role = "reader_" + Guid.NewGuid().ToString("N");
        await database.ExecuteAsync($"{People}; CREATE ROLE {role} LOGIN PASSWORD 'old'; GRANT SELECT ON people TO {role}");
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = vault.Uri }, configure: vault.Configure);
        var sources = product.Get<SourceService>();
        vault.Secrets[Secret] = "old";
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        (draft.User, draft.Password, draft.PasswordIn, draft.PasswordName) = (role, null, SecretPlaceKind.KeyVault, Secret);
        try
        {
            var source = await sources.SaveAsync(Product.Administrator, draft, Cancel);
            var reads = vault.Reads;
            await sources.LoadAsync(Product.Administrator, source.Id, Cancel);
            Assert.Equal(reads, vault.Reads);

            await database.ExecuteAsync($"ALTER ROLE {role} PASSWORD 'new'");
            vault.Secrets[Secret] = "new";
            await sources.LoadAsync(Product.Administrator, source.Id, Cancel);
            Assert.Equal(reads + 1, vault.Reads);

            // The same wrong password is not sent a second time.
            vault.Secrets[Secret] = "wrong";
            await database.ExecuteAsync($"ALTER ROLE {role} PASSWORD 'newer'");
            Assert.Equal("Sources.SignInRefused", await RefusalAsync(() => LoadAsync(source)));
            Assert.Equal("Sources.SignInRefused", await RefusalAsync(() => LoadAsync(source)));

            vault.Secrets.Clear();
            Assert.Equal("Secrets.VaultNotFound", await RefusalAsync(() => LoadAsync(source)));
        }
        finally
        {
            await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }

        Task LoadAsync(Source source) => sources.LoadAsync(Product.Administrator, source.Id, Cancel);
    }

    [Fact]
    public async Task An_unavailable_vault_is_a_temporary_fault_of_the_source()
    {
        await using var vault = await TestKeyVault.StartAsync();
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = vault.Uri }, configure: vault.Configure);
        vault.Fault = 501;
        var draft = new SourceDraft
        {
            Kind = SourceKind.PostgreSql,
            Host = "127.0.0.1",
            Database = "d",
            User = "u",
            PasswordIn = SecretPlaceKind.KeyVault,
            PasswordName = Secret,
        };

        var outage = await Assert.ThrowsAsync<SourceException>(() =>
            product.Get<SourceService>().TestAsync(Product.Administrator, draft, Cancel)
        );
        draft.PasswordName = "another-secret";
        var forbidden = await Assert.ThrowsAsync<SourceException>(() =>
            product.Get<SourceService>().TestAsync(Product.Administrator, draft, Cancel)
        );

        Assert.Equal(("Secrets.VaultFailed", true), (outage.LocalizedMessage.Code, outage.Fault.IsTransient));
        Assert.Equal(("Secrets.VaultNotAllowed", false), (forbidden.LocalizedMessage.Code, forbidden.Fault.IsTransient));
    }

    [Fact]
    [Trait(Needs.Trait, Needs.Process)]
    public async Task The_command_check_opens_a_source_with_the_variable_of_its_process()
    {
        await using var database = await ServerDatabase.PostgreSqlAsync();
        await database.ExecuteAsync(People);
        const string variable = "KLAVIYO_EXPORT_SECRET_CHECK_TEST";
        Environment.SetEnvironmentVariable(variable, new NpgsqlConnectionStringBuilder(database.ConnectionString).Password);
        await using var bench = await Workbench.CreateAsync(Customer.Many(3));
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        (draft.Name, draft.Password, draft.PasswordIn, draft.PasswordName) = ("CRM", null, SecretPlaceKind.Environment, variable);
        await bench.Product.Get<SourceService>().SaveAsync(Product.Administrator, draft, Cancel);

        var good = await bench.CommandAsync("check", "--json");
        Environment.SetEnvironmentVariable(variable, null);
        var unset = await bench.CommandAsync("check", "--json");

        Assert.Equal("ok", FindingAbout(good.Output).GetProperty("level").GetString());
        Assert.Equal("fault", FindingAbout(unset.Output).GetProperty("level").GetString());
        Assert.StartsWith(
            $"The environment variable {variable} is not set",
            FindingAbout(unset.Output).GetProperty("message").GetString(),
            StringComparison.Ordinal
        );
    }

    private static JsonElement FindingAbout(string output) =>
        JsonDocument
            .Parse(output)
            .RootElement.GetProperty("findings")
            .EnumerateArray()
            .Single(finding => finding.GetProperty("subject").GetString() == "CRM");

    private async Task<SourceDraft> InFileAsync(ServerDatabase database)
    {
        var draft = database.Draft(SourceKind.PostgreSql, "public.people");
        await System.IO.File.WriteAllTextAsync(File, draft.Password + "\n", Cancel);
        (draft.Password, draft.PasswordIn, draft.PasswordName) = (null, SecretPlaceKind.File, File);
        return draft;
    }

    private static async Task<string> RefusalAsync(Func<Task> act) =>
        (await Assert.ThrowsAnyAsync<LocalizedException>(act)).LocalizedMessage.Code;
}
