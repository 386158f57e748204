using KlaviyoExport.Web.Hosting;
using Microsoft.Extensions.Configuration;

namespace KlaviyoExport.Web.Tests.Hosting;

public sealed class AddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080", true)]
    [InlineData("http://localhost:0", true)]
    [InlineData("https://[::1]:5001", true)]
    [InlineData("http://127.9.9.9:80", true)]
    [InlineData("http://0.0.0.0:5080", false)]
    [InlineData("http://*:5080", false)]
    [InlineData("http://+:5080", false)]
    [InlineData("http://[::]:5080", false)]
    [InlineData("http://192.168.1.5:5080", false)]
    [InlineData("http://127.0.0.1.evil.example:80", false)]
    [InlineData("http://localhost.evil.example:80", false)]
    [InlineData("http://unix:/tmp/socket", false)]
    public void Only_addresses_of_this_machine_are_loopback_addresses(string address, bool expected) =>
        Assert.Equal(expected, Addresses.IsLoopback(address));

    [Theory]
    [InlineData("urls", "http://127.0.0.1:1;http://*:2", "http://127.0.0.1:1 http://*:2")]
    [InlineData("http_ports", "80;81", "http://*:80 http://*:81")]
    [InlineData("https_ports", "443", "https://*:443")]
    [InlineData("Kestrel:Endpoints:Web:Url", "http://10.0.0.1:80", "http://10.0.0.1:80")]
    public void Every_key_that_sets_a_listening_address_is_checked(string key, string value, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [key] = value }).Build();

        Assert.Equal(expected, string.Join(' ', Addresses.Configured(configuration)));
    }
}
