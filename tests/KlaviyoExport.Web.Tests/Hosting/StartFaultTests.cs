using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class StartFaultTests
{
    [Fact]
    public async Task All_faults_of_the_configuration_are_told_together_with_their_keys()
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
    public async Task A_value_of_the_wrong_kind_is_told_with_its_key(string key, string value)
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync($"--{key}={value}"));

        Assert.Contains(key, Assert.Single(StartFaults.In(thrown)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_level_that_does_not_exist_is_told_too() =>
        Assert.Contains(
            "Serilog:MinimumLevel",
            Assert.Throws<StartFaultException>(() => Logs.Begin(["--Serilog:MinimumLevel:Default=Loud"])).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_bug_is_not_taken_for_a_fault_of_the_configuration() =>
        Assert.Empty(StartFaults.In(new AggregateException(new StartFaultException("a"), new InvalidOperationException())));
}
