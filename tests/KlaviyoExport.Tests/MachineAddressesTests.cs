using System.Net;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Odbc;
using KlaviyoExport.Sources.Remote;
using KlaviyoExport.Tests.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests;

/// <summary>Services that hand out credentials to the machine are not connected to, however their address is written, unless allowed.</summary>
public sealed class MachineAddressesTests
{
    private static readonly string[] Spellings =
    [
        "169.254.169.254",
        "169.254.169.254.",
        "169.254.43518",
        "2852039166",
        "0xA9FEA9FE",
        "0xa9.0xfe.0xa9.0xfe",
        "0251.0376.0251.0376",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "0:0:0:0:0:ffff:a9fe:a9fe",
        "fe80::1",
        "fd00:ec2::254",
        "FD00:0EC2:0:0:0:0:0:0254",
        "168.63.129.16",
        "100.100.100.200",
        "169.254.0.1",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> EverySpelling => [.. Spellings];

    public static TheoryData<string> Keys =>
        [
            "Server={0}",
            "SERVER=tcp:{0},1433",
            "Server={0}\\SQLEXPRESS",
            "Servername={0}",
            "Host={0}",
            "HostName={0}",
            "Address={0},1433",
            "Data Source={0}",
            "Network Address={0}",
            "ServerNode={0}:30015",
            "DBCName={0}",
            "DBQ=//{0}:1521/crm",
            "DBQ=(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)(HOST={0})(PORT=1521)))",
            "ProxyHost={0}",
            "Proxy=http://{0}:8080",
            "Failover_Partner={0}",
            "Server=harmless.invalid,{0}",
            "SomeKeyOfADriver={0}",
        ];

    [Theory]
    [MemberData(nameof(EverySpelling))]
    public async Task No_spelling_of_a_service_for_the_machine_is_connected_to(string address)
    {
        using var services = Services();
        var network = services.GetRequiredService<MachineAddresses>();

        await Assert.ThrowsAsync<MachineAddressException>(() => network.ResolveAsync(address, Cancel));
    }

    [Fact]
    public void A_name_that_leads_to_a_service_for_the_machine_is_refused_although_it_has_other_addresses()
    {
        using var services = Services();
        var network = services.GetRequiredService<MachineAddresses>();
        foreach (var address in Spellings.Select(spelling => IPAddress.Parse(spelling.TrimEnd('.'))))
            Assert.Throws<MachineAddressException>(() => network.Forbid([IPAddress.Loopback, address], "harmless.example"));

        network.Forbid([IPAddress.Loopback, IPAddress.IPv6Loopback, IPAddress.Parse("10.0.0.1")], "harmless.example");
    }

    [Theory]
    [InlineData(SourceKind.S3)]
    [InlineData(SourceKind.AzureBlob)]
    [InlineData(SourceKind.Sftp)]
    public async Task No_store_is_read_at_a_service_for_the_machine(SourceKind kind)
    {
        await using var store = await SourceStore.CreateAsync();
        foreach (var host in (string[])["169.254.169.254", "2852039166", "0xA9FEA9FE", "[::ffff:169.254.169.254]", "[fd00:ec2::254]"])
        {
            var bare = host.Trim('[', ']');
            var draft = new SourceDraft
            {
                Name = "x",
                Kind = kind,
                Password = Convert.ToBase64String([1, 2, 3]),
                KeyColumns = ["id"],
            };
            draft.Remote = draft.Remote with
            {
                Endpoint = $"http://{host}",
                AllowsHttp = true,
                Host = bare,
                HostKey = "SHA256:" + new string('A', 43),
                Container = "exports",
                User = "u",
                SignIn = RemoteFiles.SignInsOf(kind)[0],
            };

            var refused = await Assert.ThrowsAnyAsync<SourceException>(() =>
                store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel)
            );

            var code = kind == SourceKind.AzureBlob && host[0] == '[' ? "Sources.EndpointInvalid" : "Sources.AddressForbidden";
            Assert.Equal((host, code), (host, refused.LocalizedMessage.Code));
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task No_key_of_a_driver_leads_to_a_service_for_the_machine(string key)
    {
        await using var store = await SourceStore.CreateAsync();
        foreach (var address in Spellings)
        {
            var draft = DriverDraft(string.Format(System.Globalization.CultureInfo.InvariantCulture, key, address));

            var refused = await Assert.ThrowsAnyAsync<SourceException>(() =>
                store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel)
            );

            Assert.Equal((address, "Sources.AddressForbidden"), (address, refused.LocalizedMessage.Code));
        }
    }

    [Fact]
    public void The_hosts_of_a_driver_are_those_of_its_keys()
    {
        string[] Of(string keys) => [.. OdbcHosts.Of(new OdbcDraft { Driver = "x", Keys = keys }.ToTarget())];

        Assert.Equal(["db.shop.example"], Of("Server=tcp:db.shop.example,1433\nDatabase=crm").Except(["tcp", "1433"]));
        Assert.Equal(["oracle.shop.example"], Of("DBQ=//oracle.shop.example:1521/crm").Except(["1521", "crm"]));
        Assert.Equal(["fe80::1"], Of("Note=[fe80::1]:50000").Except(["50000", "1"]));
        Assert.Empty(Of("Database=crm.example\nWarehouse=EXPORT_WH\nKeyFilePath=/etc/klaviyo-export/bigquery.json"));
    }

    [Theory]
    [InlineData("169.254.10.1")]
    [InlineData("169.254.10.0/24")]
    [InlineData("169.254.0.0/16")]
    public async Task An_address_that_the_operator_allows_is_connected_to_and_no_other(string allowed)
    {
        using var services = Services(allowed);
        var network = services.GetRequiredService<MachineAddresses>();

        Assert.Equal([IPAddress.Parse("169.254.10.1")], await network.ResolveAsync("169.254.10.1", Cancel));
        await Assert.ThrowsAsync<MachineAddressException>(() => network.ResolveAsync("168.63.129.16", Cancel));
        await Assert.ThrowsAsync<MachineAddressException>(() => network.ResolveAsync("fe80::1", Cancel));
        if (allowed != "169.254.0.0/16")
            await Assert.ThrowsAsync<MachineAddressException>(() => network.ResolveAsync("169.254.169.254", Cancel));
    }

    [Fact]
    public async Task A_source_reaches_an_address_that_the_operator_allows()
    {
        // Nothing answers there. Whether it was tried is seen in the fault.
        var settings = new Dictionary<string, string?> { ["Network:AllowedMachineAddresses:0"] = "fd00:ec2::254" };
        await using var store = await SourceStore.CreateAsync(settings: settings);
        var draft = new SourceDraft
        {
            Name = "x",
            Kind = SourceKind.PostgreSql,
            Host = "fd00:ec2::254",
            Port = 1,
            Database = "d",
            User = "u",
            Password = "p",
            Tls = ServerTls.None,
        };
        var source = await Assert.ThrowsAnyAsync<SourceException>(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));

        Assert.NotEqual("Sources.AddressForbidden", source.LocalizedMessage.Code);
        Assert.True(source.Fault.IsTransient);
    }

    [Theory]
    [InlineData("metadata.example")]
    [InlineData("169.254.0.0/99")]
    [InlineData("")]
    public void What_is_no_address_cannot_be_allowed(string entry)
    {
        using var services = Services(entry);

        var invalid = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<MachineAddresses>());

        Assert.StartsWith("Network:AllowedMachineAddresses:0 is", Assert.Single(invalid.Failures), StringComparison.Ordinal);
    }

    private static SourceDraft DriverDraft(string keys) =>
        new()
        {
            Name = "x",
            Kind = SourceKind.Odbc,
            User = "u",
            Password = "p",
            Odbc = new OdbcDraft { Driver = "SQLite3", Keys = keys },
        };

    private static ServiceProvider Services(params string[] allowed)
    {
        var services = new ServiceCollection();
        MachineAddresses.Register(
            services,
            new ConfigurationBuilder()
                .AddInMemoryCollection(
                    allowed.Index().ToDictionary(entry => $"Network:AllowedMachineAddresses:{entry.Index}", entry => (string?)entry.Item)
                )
                .Build()
        );
        return services.BuildServiceProvider();
    }
}
