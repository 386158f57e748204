using System.Globalization;

namespace KlaviyoExport.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(1_000, "1 kB")]
    [InlineData(1_550, "1.6 kB")]
    [InlineData(65_536, "66 kB")]
    [InlineData(500_000_000, "500 MB")]
    [InlineData(2_400_000_000, "2.4 GB")]
    [InlineData(9_990_000_000, "10 GB")]
    [InlineData(12_000_000_000_000, "12 TB")]
    [InlineData(4_000_000_000_000_000, "4,000 TB")]
    public void A_size_has_the_unit_that_makes_it_short(long bytes, string text) =>
        Assert.Equal(text, ByteSize.Of(bytes, new CultureInfo("en")));

    [Theory]
    [InlineData("en", "the disk with the data directory has room for only 1.5 GB")]
    [InlineData("sr-Cyrl", "има места само за 1,5 GB")]
    [InlineData("ca", "només n’hi caben 1,5 GB")]
    public void A_message_has_the_size_in_the_format_of_its_reader(string language, string part)
    {
        var text = new LocalizedMessage("Sources.DiskTooSmall", 7_000_000_000, 1_500_000_000).In(new CultureInfo(language));

        Assert.Contains(part, text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("7 GB", text, StringComparison.Ordinal);
    }
}
