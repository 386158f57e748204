using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class KlaviyoCredentialTests
{
    [Fact]
    public async Task A_private_key_is_sent_in_Klaviyos_authorization_scheme() =>
        Assert.Equal("Klaviyo-API-Key pk_123", (await KlaviyoCredential.FromPrivateKey(" pk_123\n").SignAsync(null, default)).ToString());

    [Fact]
    public async Task An_access_token_is_sent_as_a_bearer_token() =>
        Assert.Equal("Bearer abc", (await KlaviyoCredential.FromAccessToken("abc").SignAsync(null, default)).ToString());

    [Fact]
    public void Its_text_never_contains_the_secret()
    {
        var credential = KlaviyoCredential.FromPrivateKey("pk_secret", "account");

        Assert.Equal("Klaviyo-API-Key of account", credential.ToString());
        Assert.DoesNotContain("secret", KlaviyoCredential.FromAccessToken("my_secret").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_named_quota_each_secret_has_its_own()
    {
        Assert.Equal(KlaviyoCredential.FromPrivateKey("a").Quota, KlaviyoCredential.FromPrivateKey("a").Quota);
        Assert.NotEqual(KlaviyoCredential.FromPrivateKey("a").Quota, KlaviyoCredential.FromPrivateKey("b").Quota);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("pk 123")]
    [InlineData("pk_12\r\nX-Evil: 1")]
    [InlineData("рk_123")]
    [InlineData("pk_\u200b123")]
    public void A_key_that_cannot_be_in_a_header_is_refused_without_being_quoted(string key)
    {
        Assert.False(KlaviyoCredential.CanBeSecret(key));
        var refused = Assert.Throws<ArgumentException>(() => KlaviyoCredential.FromPrivateKey(key));
        Assert.DoesNotContain("123", refused.Message, StringComparison.Ordinal);
    }
}
