using System.Globalization;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Tests.Components;

public sealed class PluralTests
{
    [Theory]
    [InlineData(0, "Other")]
    [InlineData(1, "One")]
    [InlineData(2, "Few")]
    [InlineData(4, "Few")]
    [InlineData(5, "Other")]
    [InlineData(11, "Other")]
    [InlineData(12, "Other")]
    [InlineData(14, "Other")]
    [InlineData(21, "One")]
    [InlineData(22, "Few")]
    [InlineData(111, "Other")]
    [InlineData(112, "Other")]
    [InlineData(122, "Few")]
    [InlineData(1001, "One")]
    public void Serbian_has_three_plural_forms(long count, string form) =>
        Assert.Equal(form, Plural.FormOf(count, new CultureInfo("sr-Cyrl")));

    [Theory]
    [InlineData("en", 1, "One")]
    [InlineData("en", 21, "Other")]
    [InlineData("ca", 1, "One")]
    [InlineData("ca", 0, "Other")]
    public void English_and_Catalan_have_two_plural_forms(string language, long count, string form) =>
        Assert.Equal(form, Plural.FormOf(count, new CultureInfo(language)));
}
