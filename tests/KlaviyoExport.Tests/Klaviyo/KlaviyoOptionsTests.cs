using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class KlaviyoOptionsTests
{
    [Fact]
    public void Without_configuration_the_address_is_Klaviyo()
    {
        var options = Bind();

        Assert.Equal("https://a.klaviyo.com", options.BaseUrl);
        Assert.Equal("2026-07-15", options.Revision);
        Assert.Equal(100_000, options.MaxProfilesPerExport);
    }

    [Theory]
    [InlineData("Klaviyo:BaseUrl", "https://klaviyo.example/prefix")]
    [InlineData("Klaviyo:BaseUrl", "http://127.0.0.1:5000")]
    [InlineData("Klaviyo:BaseUrl", "http://localhost:5000/")]
    [InlineData("Klaviyo:BaseUrl", "http://[::1]:5000")]
    [InlineData("Klaviyo:Revision", "2027-01-15.pre")]
    [InlineData("Klaviyo:MaxProfilesPerExport", "1000000")]
    [InlineData("Klaviyo:Retry:Tries", "1")]
    public void A_valid_value_is_accepted(string key, string value) => Bind((key, value));

    [Theory]
    [InlineData("Klaviyo:BaseUrl", "http://a.klaviyo.com")]
    [InlineData("Klaviyo:BaseUrl", "a.klaviyo.com")]
    [InlineData("Klaviyo:BaseUrl", "")]
    [InlineData("Klaviyo:BaseUrl", "https://user:secret@a.klaviyo.com")]
    [InlineData("Klaviyo:BaseUrl", "https://a.klaviyo.com?x=1")]
    [InlineData("Klaviyo:BaseUrl", "ftp://a.klaviyo.com")]
    [InlineData("Klaviyo:Revision", "latest")]
    [InlineData("Klaviyo:Revision", "2026-13-01")]
    [InlineData("Klaviyo:Revision", "2026-07-15.")]
    [InlineData("Klaviyo:Revision", "2026-07-15\n")]
    [InlineData("Klaviyo:MaxProfilesPerExport", "0")]
    [InlineData("Klaviyo:MaxProfilesPerExport", "1000001")]
    [InlineData("Klaviyo:Retry:Tries", "0")]
    [InlineData("Klaviyo:Retry:FirstDelay", "00:00:00")]
    [InlineData("Klaviyo:Retry:MaxDelay", "00:00:00.5")]
    [InlineData("Klaviyo:Retry:Patience", "-00:00:01")]
    [InlineData("Klaviyo:Retry:TryTimeout", "00:00:00")]
    public void An_invalid_value_is_refused_with_the_name_of_its_key(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind((key, value)));
        Assert.Contains(key, Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void All_errors_are_named_together()
    {
        var refused = Assert.Throws<OptionsValidationException>(() =>
            Bind(("Klaviyo:BaseUrl", "x"), ("Klaviyo:Revision", "y"), ("Klaviyo:Retry:Tries", "99"))
        );
        Assert.Equal(3, refused.Failures.Count());
    }

    private static KlaviyoOptions Bind(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddKlaviyo().BuildServiceProvider();
        return services.GetRequiredService<IOptions<KlaviyoOptions>>().Value;
    }
}
