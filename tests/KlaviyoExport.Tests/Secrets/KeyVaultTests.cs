using KlaviyoExport.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Secrets;

[Collection(nameof(TestKeyVault))]
public sealed class KeyVaultTests : IAsyncLifetime
{
    private const string Name = "klaviyo-key";
    private const string Value = "the-secret";

    private static readonly SecretPlace Place = SecretPlace.InKeyVault(Name);

    private readonly TestClock _clock = new();
    private TestKeyVault _vault = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private SecretReader Secrets => _services.GetRequiredService<SecretReader>();

    public async ValueTask InitializeAsync()
    {
        _vault = await TestKeyVault.StartAsync();
        _vault.Secrets[Name] = Value;
        _services = Build(_vault.Uri, _vault.Configure, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task A_secret_is_read_with_the_managed_identity() => Assert.Equal(Value, await ReadAsync());

    [Fact]
    public async Task A_secret_is_cached_for_five_minutes()
    {
        await ReadAsync();
        _clock.Advance(TimeSpan.FromMinutes(4));
        await ReadAsync();
        Assert.Equal(1, _vault.Reads);

        _vault.Secrets[Name] = "replaced";
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("replaced", await ReadAsync());
    }

    [Fact]
    public async Task A_secret_that_is_refused_is_read_again_at_once()
    {
        await ReadAsync();
        _vault.Secrets[Name] = "replaced";

        Assert.Equal("replaced", await ReadAsync(refused: Value));
    }

    [Theory]
    [InlineData("no-such-secret", "Secrets.VaultNotFound")]
    [InlineData("https://practice.vault.test/secrets/x", "Secrets.VaultNameMalformed")]
    [InlineData("../keys/x", "Secrets.VaultNameMalformed")]
    [InlineData("", "Secrets.VaultNameMalformed")]
    public async Task A_secret_that_cannot_be_read_is_reported(string name, string code) =>
        Assert.Equal(code, await RefusedAsync<SecretException>(name));

    [Fact]
    public async Task A_forbidden_secret_is_distinguished_from_a_missing_one()
    {
        _vault.Fault = 403;
        Assert.Equal("Secrets.VaultForbidden", await RefusedAsync<SecretException>(Name));
    }

    [Fact]
    public async Task An_unavailable_vault_is_a_temporary_fault()
    {
        _vault.Fault = 501;
        Assert.Equal("Secrets.VaultFailed", await RefusedAsync<SecretUnavailableException>(Name));
    }

    [Fact]
    public async Task An_unreachable_vault_is_reported()
    {
        var unused = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        unused.Start();
        var port = ((System.Net.IPEndPoint)unused.LocalEndpoint).Port;
        unused.Stop();
        await using var services = Build($"https://practice.vault.test:{port}", _vault.Configure, _clock);

        var refused = await Assert.ThrowsAsync<SecretUnavailableException>(() =>
            services.GetRequiredService<SecretReader>().ReadAsync(Place, SecretUse.KlaviyoKey, null, Cancel)
        );

        Assert.Equal("Secrets.VaultUnreachable", refused.LocalizedMessage.Code);
    }

    [Fact]
    public async Task An_installation_without_a_managed_identity_is_reported()
    {
        _vault.HasIdentity = false;
        Assert.Equal("Secrets.VaultNoIdentity", await RefusedAsync<SecretUnavailableException>(Name));
    }

    [Fact]
    public async Task Without_a_vault_a_secret_cannot_be_read()
    {
        await using var services = Build("", _ => { }, _clock);
        var secrets = services.GetRequiredService<SecretReader>();

        Assert.DoesNotContain(SecretPlaceKind.KeyVault, secrets.Offered);
        Assert.Equal(
            new LocalizedMessage("Secrets.NoVault", Name),
            (
                await Assert.ThrowsAnyAsync<LocalizedException>(() => secrets.ReadAsync(Place, SecretUse.KlaviyoKey, null, Cancel))
            ).LocalizedMessage
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
    public async Task An_empty_secret_is_reported()
    {
        _vault.Secrets[Name] = " ";
        Assert.Equal("Secrets.VaultEmpty", await RefusedAsync<SecretException>(Name));
    }

    [Fact]
    public async Task A_source_uses_only_secrets_with_the_permitted_beginning()
    {
        _vault.Secrets["klaviyo-export-warehouse"] = "w";

        var refused = await Assert.ThrowsAsync<SecretException>(() => Secrets.ReadAsync(Place, SecretUse.SourcePassword, null, Cancel));
        var read = await Secrets.ReadAsync(SecretPlace.InKeyVault("klaviyo-export-warehouse"), SecretUse.SourcePassword, null, Cancel);

        Assert.Equal(("Secrets.VaultNotAllowed", "w"), (refused.LocalizedMessage.Code, read));
        Assert.Equal(1, _vault.Reads);
    }

    private static ServiceProvider Build(string uri, Action<IServiceCollection> configure, TimeProvider clock)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("KeyVault:Uri", uri)]).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton(clock).AddLogging().AddSecrets();
        configure(services);
        return services.BuildServiceProvider();
    }

    private Task<string> ReadAsync(string? refused = null) => Secrets.ReadAsync(Place, SecretUse.KlaviyoKey, refused, Cancel);

    private async Task<string> RefusedAsync<T>(string name)
        where T : LocalizedException =>
        (await Assert.ThrowsAnyAsync<T>(() => Secrets.ReadAsync(SecretPlace.InKeyVault(name), SecretUse.KlaviyoKey, null, Cancel)))
            .LocalizedMessage
            .Code;
}
