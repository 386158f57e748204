using KlaviyoExport.Web.Hosting;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class StartFaultTests
{
    [Fact]
    public async Task All_faults_of_the_configuration_are_told_together_with_their_keys()
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => TestApp.StartAsync("--Log:Format=Xml", "--Proxy:Addresses:0=nowhere", "--Klaviyo:BaseUrl=ftp://example.com"));
        var output = new StringWriter();
        StartFaults.Print(StartFaults.In(thrown), output);

        Assert.Contains("Log:Format", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Proxy:Addresses", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("Klaviyo:BaseUrl", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bug_is_not_taken_for_a_fault_of_the_configuration() =>
        Assert.Empty(StartFaults.In(new AggregateException(new StartFaultException("a"), new InvalidOperationException())));
}
