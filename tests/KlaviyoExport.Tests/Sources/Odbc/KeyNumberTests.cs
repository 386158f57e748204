using KlaviyoExport.Sources.Servers;

namespace KlaviyoExport.Tests.Sources.Odbc;

/// <summary>Equal numbers of different types have one text, which the product compares.</summary>
public sealed class KeyNumberTests
{
    [Theory]
    [InlineData(ColumnFamily.Whole, "7", "7")]
    [InlineData(ColumnFamily.Whole, "-70", "-70")]
    [InlineData(ColumnFamily.Decimal, "7.00", "7")]
    [InlineData(ColumnFamily.Decimal, "7.50", "7.5")]
    [InlineData(ColumnFamily.Decimal, "100", "100")]
    [InlineData(ColumnFamily.Decimal, "-0.00", "0")]
    [InlineData(ColumnFamily.Decimal, ".50", "0.5")]
    [InlineData(ColumnFamily.Decimal, "-.5", "-0.5")]
    [InlineData(ColumnFamily.Decimal, "007.0", "7")]
    [InlineData(ColumnFamily.Decimal, "12345678901234567890123456789012345678.50", "12345678901234567890123456789012345678.5")]
    [InlineData(ColumnFamily.Decimal, "1.5E+20", "1.5E+20")]
    [InlineData(ColumnFamily.Decimal, "NaN", "NaN")]
    [InlineData(ColumnFamily.Float, "7", "7")]
    [InlineData(ColumnFamily.Float, "-0", "0")]
    [InlineData(ColumnFamily.Float, "7.5", "7.5")]
    [InlineData(ColumnFamily.Float, "1E+15", "1000000000000000")]
    [InlineData(ColumnFamily.Float, "9007199254740991", "9007199254740991")]
    [InlineData(ColumnFamily.Float, "9.007199254740992E+15", "9.007199254740992E+15")]
    [InlineData(ColumnFamily.Float, "Infinity", "Infinity")]
    internal void A_number_has_the_text_of_its_value(ColumnFamily family, string read, string compared) =>
        Assert.Equal(compared, KeyNumber.Of(read, family));
}
