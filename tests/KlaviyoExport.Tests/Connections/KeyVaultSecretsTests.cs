using System.Text;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Tests.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Connections;

public sealed class KeyVaultSecretsTests : IAsyncLifetime
{
    private const string Name = "klaviyo-key";

    private readonly TestClock _clock = new();
    private TestKeyVault _vault = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private KeyVaultSecrets Secrets => _services.GetRequiredService<KeyVaultSecrets>();

    public async ValueTask InitializeAsync()
    {
        _vault = await TestKeyVault.StartAsync();
        _vault.Secrets[Name] = PracticeStore.FullKey;
        _services = Build(_vault.Uri, _vault.Configure, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _vault.DisposeAsync();
    }

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
    public async Task A_secret_is_read_with_the_managed_identity() => Assert.Equal(PracticeStore.FullKey, await ReadAsync());

    [Fact]
    public async Task A_secret_is_cached_for_five_minutes()
    {
        await ReadAsync();
        _clock.Advance(TimeSpan.FromMinutes(4));
        await ReadAsync();
        Assert.Equal(1, _vault.Reads);

        _vault.Secrets[Name] = PracticeStore.ReadOnlyKey;
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(PracticeStore.ReadOnlyKey, await ReadAsync());
    }

    [Fact]
    public async Task A_secret_that_Klaviyo_refuses_is_read_again_at_once()
    {
        await ReadAsync();
        _vault.Secrets[Name] = PracticeStore.ReadOnlyKey;

        Assert.Equal(PracticeStore.ReadOnlyKey, await ReadAsync(refused: PracticeStore.FullKey));
    }

    [Theory]
    [InlineData("no-such-secret", "Connections.VaultNotFound")]
    [InlineData("https://practice.vault.test/secrets/x", "Connections.VaultNameMalformed")]
    [InlineData("../keys/x", "Connections.VaultNameMalformed")]
    [InlineData("", "Connections.VaultNameMalformed")]
    public async Task A_host_name_that_cannot_be_resolved_is_reported(string name, string code) =>
        Assert.Equal(code, await RefusedAsync<CredentialsException>(name));

    [Fact]
    public async Task A_forbidden_secret_is_distinguished_from_a_missing_one()
    {
        _vault.Fault = 403;
        Assert.Equal("Connections.VaultForbidden", await RefusedAsync<CredentialsException>(Name));
    }

    [Fact]
    public async Task A_secret_that_is_not_an_API_key_is_not_sent_to_Klaviyo()
    {
        _vault.Secrets[Name] = "two words";
        Assert.Equal("Connections.VaultNoKey", await RefusedAsync<CredentialsException>(Name));
    }

    [Fact]
    public async Task An_unavailable_vault_is_a_temporary_fault()
    {
        _vault.Fault = 501;
        Assert.Equal("Connections.VaultFailed", await RefusedAsync<KeyVaultUnavailableException>(Name));
    }

    [Fact]
    public async Task An_unreachable_vault_is_reported()
    {
        var unused = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        unused.Start();
        var port = ((System.Net.IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        await using var services = Build($"https://practice.vault.test:{port}", _vault.Configure, _clock);

        var refused = await Assert.ThrowsAsync<KeyVaultUnavailableException>(() =>
            services.GetRequiredService<KeyVaultSecrets>().ReadAsync(Name, null, Cancel)
        );

        Assert.Equal("Connections.VaultUnreachable", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task An_installation_without_a_managed_identity_is_reported()
    {
        _vault.HasIdentity = false;
        Assert.Equal("Connections.VaultNoIdentity", await RefusedAsync<KeyVaultUnavailableException>(Name));
    }

    [Fact]
    public async Task Without_a_vault_a_secret_cannot_be_read()
    {
        await using var services = Build("", _ => { }, _clock);
        var secrets = services.GetRequiredService<KeyVaultSecrets>();

        Assert.False(secrets.IsConfigured);
        Assert.Equal(
            new LocalizedMessage("Connections.NoVault", Name),
            (await Assert.ThrowsAnyAsync<LocalizedException>(() => secrets.ReadAsync(Name, null, Cancel))).LocalizedMessage
        );
    }

    [Theory]
    [InlineData("http://company.vault.azure.net")]
    [InlineData("https://company.vault.azure.net/secrets/x")]
    [InlineData("company")]
    public async Task An_invalid_vault_address_is_refused_with_the_name_of_its_key(string uri)
    {
        await using var services = Build(uri, _ => { }, _clock);
        var refused = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<IOptions<KeyVaultOptions>>().Value);
        Assert.StartsWith("KeyVault:Uri", Assert.Single(refused.Failures), StringComparison.Ordinal);
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
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyVaultSecret, Name),
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
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyVaultSecret, Name),
                    Cancel
                );
        var export = await product.AddExportAsync("Export", connection, await product.AddCustomersAsync("customers", Customer.Many(2)));
        _vault.Fault = 501;

        var run = await product.RunAsync(export);

        Assert.Equal((RunState.FailedRetrying, "Connections.VaultFailed"), (run.State, run.Outcome?.Code));
    }

    [Fact]
    public async Task A_draft_whose_key_stays_in_the_vault_becomes_a_connection_whose_key_stays_there()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        var (drafts, ana) = (product.Get<ConnectionDrafts>(), Product.Administrator);
        var id = await drafts.StartAsync(ana, Cancel);
        await drafts.SetNameAsync(ana, id, "Shop", Cancel);
        await drafts.UseKeyVaultAsync(ana, id, $" {Name} ", Cancel);
        await drafts.AgreeAsync(ana, id, agreed: true, Cancel);
        Assert.True((await drafts.ConnectAsync(ana, id, Cancel)).Check!.IsComplete);
        await drafts.ConfirmAccountAsync(ana, id, Cancel);
        await drafts.AddExportUserAsync(ana, id, new FreshSignIn(ana.Id, product.Get<TimeProvider>().GetUtcNow()), Cancel);

        var saved = await drafts.SaveAsync(ana, id, Cancel);

        await using var db = await product.OpenAsync();
        var connection = await db.Set<Connection>().SingleAsync(row => row.Id == saved, Cancel);
        Assert.Equal((Name, null, ""), (connection.KeyVaultSecret, connection.ApiKey, connection.ApiKeyEnding));
    }

    [Fact]
    public async Task A_key_that_is_in_the_vault_for_one_connection_is_refused_to_another()
    {
        await using var product = await Product.CreateAsync(settings: new() { ["KeyVault:Uri"] = _vault.Uri }, configure: _vault.Configure);
        await product.AddConnectionAsync("Main shop");
        await using (var db = await product.OpenAsync())
            await db.Set<Connection>()
                .ExecuteUpdateAsync(
                    set => set.SetProperty(row => row.ApiKey, (byte[]?)null).SetProperty(row => row.KeyVaultSecret, Name),
                    Cancel
                );
        var (drafts, ana) = (product.Get<ConnectionDrafts>(), Product.Administrator);
        var id = await drafts.StartAsync(ana, Cancel);
        await drafts.SetKeyAsync(ana, id, PracticeStore.FullKey, Cancel);
        await drafts.AgreeAsync(ana, id, agreed: true, Cancel);

        var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() => drafts.ConnectAsync(ana, id, Cancel));

        Assert.Equal(new LocalizedMessage("Connections.KeyInUse", "Main shop"), refused.LocalizedMessage);
    }

    private static ServiceProvider Build(string uri, Action<IServiceCollection> configure, TimeProvider clock)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("KeyVault:Uri", uri)]).Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(clock)
            .AddLogging()
            .AddKlaviyo()
            .AddKlaviyoConnections();
        configure(services);
        return services.BuildServiceProvider();
    }

    private Task<string> ReadAsync(string? refused = null) => Secrets.ReadAsync(Name, refused, Cancel);

    private async Task<string> RefusedAsync<T>(string name)
        where T : LocalizedException => (await Assert.ThrowsAnyAsync<T>(() => Secrets.ReadAsync(name, null, Cancel))).LocalizedMessage.Code;
}
