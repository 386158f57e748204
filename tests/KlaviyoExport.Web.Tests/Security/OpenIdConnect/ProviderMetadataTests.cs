using KlaviyoExport.Tests;
using KlaviyoExport.Web.Security.OpenIdConnect;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Security.OpenIdConnect;

public sealed class ProviderMetadataTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private SmallProvider _provider = default!;
    private ProviderMetadata _metadata = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await SmallProvider.StartAsync();
        var clients = new ServiceCollection().AddHttpClient().BuildServiceProvider().GetRequiredService<IHttpClientFactory>();
        _metadata = new ProviderMetadata(Options.Create(new OpenIdConnectOptions { Authority = _provider.Address + "/" }), clients, _clock);
        Assert.Equal("first", await KeyAsync(_metadata.GetAsync(Cancel)));
        _provider.ChangeKey("second");
    }

    public ValueTask DisposeAsync()
    {
        _metadata.Dispose();
        return _provider.DisposeAsync();
    }

    [Fact]
    public async Task A_new_key_is_found_when_a_token_names_it()
    {
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("first", await KeyAsync(_metadata.GetAsync(Cancel)));
        Assert.Equal("second", await KeyAsync(_metadata.RenewAsync(Cancel)));
        Assert.Equal("second", await KeyAsync(_metadata.GetAsync(Cancel)));
    }

    [Fact]
    public async Task Invented_keys_do_not_make_us_ask_more_often_than_once_a_minute()
    {
        _clock.Advance(TimeSpan.FromSeconds(59));

        Assert.Equal("first", await KeyAsync(_metadata.RenewAsync(Cancel)));
    }

    [Fact]
    public async Task It_is_read_again_twice_a_day()
    {
        _clock.Advance(TimeSpan.FromHours(12));

        Assert.Equal("second", await KeyAsync(_metadata.GetAsync(Cancel)));
    }

    private static async Task<string> KeyAsync(Task<Microsoft.IdentityModel.Protocols.OpenIdConnect.OpenIdConnectConfiguration> reading) => Assert.Single((await reading).SigningKeys).KeyId;
}
