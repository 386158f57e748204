using KlaviyoExport.Web.Security.Providers;

namespace KlaviyoExport.Web.Tests.Security.Providers;

public sealed class OpenIdConnectSectionTests
{
    [Fact]
    public void An_empty_configuration_is_valid() => Assert.True(new OpenIdConnectSectionCheck().Validate(null, new()).Succeeded);

    [Fact]
    public void A_complete_configuration_is_valid() => Assert.True(Check(_ => { }) is null);

    [Theory]
    [InlineData("http://login.example", "OpenIdConnect:Authority")]
    [InlineData("login.example", "OpenIdConnect:Authority")]
    [InlineData("https://login.example/?a=b", "OpenIdConnect:Authority")]
    public void The_address_of_the_provider_must_use_https(string authority, string key) =>
        Assert.StartsWith(key, Check(options => options.Authority = authority));

    [Fact]
    public void Everything_missing_is_named_at_once()
    {
        var result = new OpenIdConnectSectionCheck().Validate(
            null,
            new()
            {
                Authority = "https://login.example",
                DisplayName = "",
                Scopes = "profile",
            }
        );

        Assert.Equal(
            ["OpenIdConnect:ClientId", "OpenIdConnect:ClientSecret", "OpenIdConnect:DisplayName", "OpenIdConnect:Scopes"],
            result.Failures!.Select(fault => fault.Split(' ')[0].TrimEnd('.'))
        );
    }

    private static string? Check(Action<OpenIdConnectSection> change)
    {
        var options = new OpenIdConnectSection
        {
            Authority = "https://login.example",
            ClientId = "a",
            ClientSecret = "b",
        };
        change(options);
        return new OpenIdConnectSectionCheck().Validate(null, options).FailureMessage;
    }
}
