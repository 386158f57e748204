using KlaviyoExport.Web.Security.Providers;

namespace KlaviyoExport.Web.Tests.Security.Providers;

public sealed class EntraSectionTests
{
    [Fact]
    public void An_empty_configuration_is_valid() => Assert.True(new EntraSectionCheck().Validate(null, new()).Succeeded);

    [Fact]
    public void A_tenant_an_application_and_its_secret_are_sufficient() => Assert.Null(Check(_ => { }));

    [Theory]
    [InlineData("common")]
    [InlineData("Organizations")]
    [InlineData("consumers")]
    [InlineData("")]
    public void Other_tenants_are_refused(string tenant) =>
        Assert.StartsWith("AzureAd:TenantId", Check(options => options.TenantId = tenant));

    [Fact]
    public void Everything_missing_is_named_at_once()
    {
        var result = new EntraSectionCheck().Validate(
            null,
            new()
            {
                TenantId = "t",
                Instance = "http://login.example",
                DisplayName = " ",
                CallbackPath = "x",
            }
        );

        Assert.Equal(
            ["AzureAd:Instance", "AzureAd:ClientId", "AzureAd:ClientSecret", "AzureAd:DisplayName", "AzureAd:CallbackPath"],
            result.Failures!.Select(fault => fault.Split(' ')[0])
        );
    }

    private static string? Check(Action<EntraSection> change)
    {
        var options = new EntraSection
        {
            TenantId = "contoso.com",
            ClientId = "a",
            ClientSecret = "b",
        };
        change(options);
        return new EntraSectionCheck().Validate(null, options).FailureMessage;
    }
}
