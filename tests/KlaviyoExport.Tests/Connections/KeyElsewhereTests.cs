using System.Text;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Secrets;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Secrets;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

[Collection(nameof(TestKeyVault))]
public sealed class KeyElsewhereTests : IAsyncLifetime
{
    private const string Name = "klaviyo-key";

    private TestKeyVault _vault = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await TestKeyVault.StartAsync();
        _vault.Secrets[Name] = PracticeStore.FullKey;
    }

    public ValueTask DisposeAsync() => _vault.DisposeAsync();

    [Fact]
    public async Task A_configuration_file_can_refer_to_a_secret()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        var files = product.Get<ConfigurationFileService>();
        var file = $"version: 1\nconnections:\n  - name: Shop\n    key: {{ keyVault: {Name} }}\n    dataPrivacy: I agree\n";

        var result = await files.ApplyAsync(Product.Administrator, file, new ApplyOptions(), Cancel);

        Assert.True(result.IsComplete);
        Assert.Contains(
            $"    key: {{keyVault: {Name}}}\n",
            await files.ExportAsync(Product.Administrator, Cancel),
            StringComparison.Ordinal
        );
        Assert.Empty((await files.PlanAsync(Product.Administrator, file, Cancel)).Changes);
        Assert.Equal(PracticeStore.Id, (await product.Get<ConnectionQueries>().ListAsync(Product.Administrator, Cancel))[0].AccountId);
    }

    [Fact]
    public async Task A_run_reads_its_key_from_the_vault_and_the_store_never_contains_it()
    {
        await using var product = await Product.CreateAsync(
            settings: new() { ["KeyVault:Uri"] = _vault.Uri },
            configure: _vault.Configure,
            logs: new LogCapture()
        );
        var connection = await product.AddConnectionAsync();
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyFrom, SecretPlace.InKeyVault(Name)),
                    Cancel
                );
        var export = await product.AddExportAsync("Export", connection, await product.AddCustomersAsync("customers", Customer.Many(20)));

        var run = await product.RunAsync(export);

        Assert.Equal(RunState.Successful, run.State);
        Assert.Equal(1, _vault.Reads);
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Assert.DoesNotContain(
            Directory.EnumerateFiles(product.DataDirectory),
            file => Encoding.Latin1.GetString(File.ReadAllBytes(file)).Contains(PracticeStore.FullKey, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            product.Logs.Lines,
            line =>
                line.Contains(PracticeStore.FullKey, StringComparison.Ordinal)
                || line.Contains("practice-vault-token", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_run_whose_vault_is_unavailable_is_retried_later()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        var connection = await product.AddConnectionAsync();
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyFrom, SecretPlace.InKeyVault(Name)),
                    Cancel
                );
        var export = await product.AddExportAsync("Export", connection, await product.AddCustomersAsync("customers", Customer.Many(2)));
        _vault.Fault = 501;

        var run = await product.RunAsync(export);

        Assert.Equal((RunState.FailedRetrying, "Secrets.VaultFailed"), (run.State, run.Outcome?.Code));
    }

    [Fact]
    public async Task A_draft_whose_key_stays_in_the_vault_becomes_a_connection_whose_key_stays_there()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        var (drafts, ana) = (product.Get<ConnectionDrafts>(), Product.Administrator);
        var id = await drafts.StartAsync(ana, Cancel);
        await drafts.SetNameAsync(ana, id, "Shop", Cancel);
        await drafts.UseSecretAsync(ana, id, SecretPlaceKind.KeyVault, $" {Name} ", Cancel);
        await drafts.AgreeAsync(ana, id, agreed: true, Cancel);
        Assert.True((await drafts.ConnectAsync(ana, id, Cancel)).Check!.IsComplete);
        await drafts.ConfirmAccountAsync(ana, id, Cancel);
        await drafts.AddExportUserAsync(ana, id, new FreshSignIn(ana.Id, product.Get<TimeProvider>().GetUtcNow()), Cancel);

        var saved = await drafts.SaveAsync(ana, id, Cancel);

        await using var db = await product.OpenAsync();
        var connection = await db.Set<Connection>().SingleAsync(row => row.Id == saved, Cancel);
        Assert.Equal((SecretPlace.InKeyVault(Name), null, ""), (connection.KeyFrom, connection.ApiKey, connection.ApiKeyEnding));
    }

    [Fact]
    public async Task A_connection_of_an_earlier_version_still_reads_its_key_from_the_vault()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        var connection = await product.AddConnectionAsync();
        await using var db = await product.OpenAsync();
        // As it was stored: the bare name.
        await db.Database.ExecuteSqlAsync($"""UPDATE "Connections" SET "ApiKey" = NULL, "KeyVaultSecret" = {Name}""", Cancel);
        var stored = await db.Set<Connection>().AsNoTracking().SingleAsync(row => row.Id == connection.Id, Cancel);

        Assert.Equal(SecretPlace.InKeyVault(Name), stored.KeyFrom);
        Assert.Equal(
            PracticeStore.Id,
            (await product.Get<KlaviyoClient>().GetAccountAsync(product.Get<ConnectionCredentials>().Of(stored), Cancel)).Value!.Id
        );
        Assert.NotEmpty(new LocalizedMessage("Connections.VaultNotFound", Name).ToString());
    }

    [Fact]
    public async Task A_run_reads_its_key_from_a_file_and_a_replaced_key_needs_no_restart()
    {
        var folder = Directory.CreateTempSubdirectory("klaviyo-export-secrets-");
        var path = Path.Combine(folder.FullName, "klaviyo-key");
        await File.WriteAllTextAsync(path, "pk_replaced00000000000000000000\n", Cancel);
        await using var product = await Product.CreateAsync(settings: new() { ["Secrets:Directories:0"] = folder.FullName });
        var connection = await product.AddConnectionAsync();
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyFrom, SecretPlace.InFile(path)),
                    Cancel
                );
        var export = await product.AddExportAsync("Export", connection, await product.AddCustomersAsync("customers", Customer.Many(3)));
        Assert.Equal(RunState.FailedPermanent, (await product.RunAsync(export)).State);

        await File.WriteAllTextAsync(path, PracticeStore.FullKey + "\n", Cancel);

        Assert.Equal(RunState.Successful, (await product.RunAsync(export)).State);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_secret_that_is_not_an_API_key_is_not_sent_to_Klaviyo()
    {
        _vault.Secrets[Name] = "two words";
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        var (drafts, ana) = (product.Get<ConnectionDrafts>(), Product.Administrator);
        var id = await drafts.StartAsync(ana, Cancel);
        await drafts.UseSecretAsync(ana, id, SecretPlaceKind.KeyVault, Name, Cancel);
        await drafts.AgreeAsync(ana, id, agreed: true, Cancel);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() => drafts.ConnectAsync(ana, id, Cancel));

        Assert.Equal(
            new LocalizedMessage("Connections.PlaceNoKey", SecretPlace.MessageOf(SecretPlace.InKeyVault(Name))),
            refused.LocalizedMessage
        );
    }

    [Fact]
    public async Task A_key_that_is_in_the_vault_for_one_connection_is_refused_to_another()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        await product.AddConnectionAsync("Main shop");
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyFrom, SecretPlace.InKeyVault(Name)),
                    Cancel
                );
        var (drafts, ana) = (product.Get<ConnectionDrafts>(), Product.Administrator);
        var id = await drafts.StartAsync(ana, Cancel);
        await drafts.SetKeyAsync(ana, id, PracticeStore.FullKey, Cancel);
        await drafts.AgreeAsync(ana, id, agreed: true, Cancel);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() => drafts.ConnectAsync(ana, id, Cancel));

        Assert.Equal(new LocalizedMessage("Connections.KeyInUse", "Main shop"), refused.LocalizedMessage);
    }
}
