using KlaviyoExport.Web.Demo;

namespace KlaviyoExport.Web.Tests.Demo;

public sealed class DemoCustomersTests
{
    private static readonly DateOnly Today = new(2026, 11, 22);

    [Fact]
    public void They_are_the_same_for_everybody() => Assert.Equal(DemoCustomers.Lines(Today), DemoCustomers.Lines(Today));

    [Fact]
    public void Sample_customers_are_as_messy_as_real_ones()
    {
        var addresses = DemoCustomers
            .Lines(Today)
            .Skip(1)
            .Where(line => line.StartsWith("C-0", StringComparison.Ordinal))
            .Select(Address)
            .ToList();

        Assert.Equal(DemoCustomers.Count, addresses.Count);
        Assert.Contains(addresses, address => address.Length == 0);
        Assert.Contains(addresses, address => address.Length > 0 && !address.Contains('@', StringComparison.Ordinal));
        Assert.Contains(addresses, address => address.StartsWith(' '));
        Assert.True(addresses.Count > addresses.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Contains(addresses, address => address.EndsWith("@async-fail.example", StringComparison.Ordinal));
    }

    [Fact]
    public void No_sample_customer_can_be_a_real_person() =>
        Assert.All(
            DemoCustomers
                .Lines(Today)
                .Skip(1)
                .Select(Address)
                .Where(address => address.Contains('@', StringComparison.Ordinal) && address.Contains('.', StringComparison.Ordinal)),
            address => Assert.Matches("(?i)(example|example\\.com)[ >]*$|@$", address)
        );

    private static string Address(string line)
    {
        var rest = line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..];
        return rest.StartsWith('"') ? rest[1..rest.IndexOf('"', 1)] : rest[..rest.IndexOf(',', StringComparison.Ordinal)];
    }
}
