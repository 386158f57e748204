using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class StartFaultTests
{
    [Fact]
    public async Task All_configuration_errors_are_reported_together_with_their_keys()
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() =>
            TestApp.StartAsync("--Log:Format=Xml", "--Proxy:Addresses:0=nowhere", "--Klaviyo:BaseUrl=ftp://example.com")
        );
        var output = new StringWriter();
        StartFaults.Print(StartFaults.In(thrown), output);

        Assert.Contains("Log:Format", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Proxy:Addresses", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Klaviyo:BaseUrl", output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Klaviyo:MaxProfilesPerExport", "many")]
    [InlineData("Delivery:JobTimeout", "soon")]
    [InlineData("LocalAccounts:Enabled", "perhaps")]
    public async Task A_value_of_the_wrong_type_is_reported_with_its_key(string key, string value)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync($"--{key}={value}"));

        Assert.Contains(key, Assert.Single(StartFaults.In(thrown)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_log_level_is_reported_too() =>
        Assert.Contains(
            "Serilog:MinimumLevel",
            Assert.Throws<StartFaultException>(() => Logs.Begin(["--Serilog:MinimumLevel:Default=Loud"])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_bug_is_not_reported_as_a_configuration_error() =>
        Assert.Empty(StartFaults.In(new AggregateException(new StartFaultException("a"), new InvalidOperationException())));
}
