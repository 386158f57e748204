using KlaviyoExport.Web.Security.OpenIdConnect;

namespace KlaviyoExport.Web.Tests.Security.OpenIdConnect;

public sealed class OpenIdConnectOptionsTests
{
    [Fact]
    public void Nothing_configured_is_in_order() => Assert.True(new OpenIdConnectOptionsCheck().Validate(null, new()).Succeeded);

    [Fact]
    public void Everything_configured_is_in_order() => Assert.True(Check(_ => { }) is null);

    [Theory]
    [InlineData("http://login.example", "OpenIdConnect:Authority")]
    [InlineData("login.example", "OpenIdConnect:Authority")]
    [InlineData("https://login.example/?a=b", "OpenIdConnect:Authority")]
    public void The_provider_is_an_https_address(string authority, string key) => Assert.StartsWith(key, Check(options => options.Authority = authority));

    [Fact]
    public void All_that_is_missing_is_named_at_once()
    {
        var result = new OpenIdConnectOptionsCheck().Validate(null, new() { Authority = "https://login.example", DisplayName = "", Scopes = "profile" });

        Assert.Equal(
            ["OpenIdConnect:ClientId", "OpenIdConnect:ClientSecret", "OpenIdConnect:DisplayName", "OpenIdConnect:Scopes"],
            result.Failures!.Select(fault => fault.Split(' ')[0].TrimEnd('.')));
    }

    private static string? Check(Action<OpenIdConnectOptions> change)
    {
        var options = new OpenIdConnectOptions { Authority = "https://login.example", ClientId = "a", ClientSecret = "b" };
        change(options);
        return new OpenIdConnectOptionsCheck().Validate(null, options).FailureMessage;
    }
}
