using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.OAuth;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Klaviyo.OAuth;

public sealed class KlaviyoOAuthOptionsTests
{
    private const string Secret = "a-secret-nobody-may-see";

    [Fact]
    public void Without_configuration_there_is_no_app() => Assert.False(Bind().IsConfigured);

    [Fact]
    public void With_an_id_and_a_secret_the_app_is_at_Klaviyo()
    {
        var options = Bind(("ClientId", "id"), ("ClientSecret", Secret));

        Assert.True(options.IsConfigured);
        Assert.Equal("https://www.klaviyo.com/oauth/authorize", options.AuthorizeUrl);
        Assert.Equal("https://a.klaviyo.com/oauth/token", options.TokenUrl);
        Assert.Equal("https://a.klaviyo.com/oauth/revoke", options.RevokeUrl);
    }

    [Theory]
    [InlineData("TokenUrl", "http://a.klaviyo.com/oauth/token")]
    [InlineData("AuthorizeUrl", "www.klaviyo.com")]
    [InlineData("RevokeUrl", "https://user:pass@a.klaviyo.com/oauth/revoke")]
    [InlineData("RedirectUri", "http://exports.example/connections/klaviyo/callback")]
    [InlineData("RedirectUri", "https://exports.example/somewhere/else")]
    [InlineData("ClientId", "two words")]
    [InlineData("ClientId", "")]
    [InlineData("ClientSecret", "")]
    public void An_invalid_value_is_refused_with_the_name_of_its_key(string key, string value)
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(("ClientId", "id"), ("ClientSecret", Secret), (key, value)));

        var fault = Assert.Single(refused.Failures);
        Assert.StartsWith($"Klaviyo:OAuth:{key}", fault, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TokenUrl", "http://127.0.0.1:5180/oauth/token")]
    [InlineData("RedirectUri", "https://exports.example/sub/connections/klaviyo/callback")]
    [InlineData("RedirectUri", "http://localhost:5080/connections/klaviyo/callback")]
    public void A_valid_value_is_accepted(string key, string value) => Bind(("ClientId", "id"), ("ClientSecret", Secret), (key, value));

    [Fact]
    public void All_errors_are_named_together()
    {
        var refused = Assert.Throws<OptionsValidationException>(() => Bind(("ClientId", "id"), ("TokenUrl", "x"), ("RevokeUrl", "y")));
        Assert.Equal(3, refused.Failures.Count());
    }

    private static KlaviyoOAuthOptions Bind(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                settings
                    .ToLookup(setting => "Klaviyo:OAuth:" + setting.Key, setting => setting.Value)
                    .Select(values => KeyValuePair.Create(values.Key, (string?)values.Last()))
            )
            .Build();
        using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddKlaviyo().BuildServiceProvider();
        return services.GetRequiredService<IOptions<KlaviyoOAuthOptions>>().Value;
    }
}
