using KlaviyoExport.Exports;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Exports;

public sealed class EmailFieldsTests
{
    [Fact]
    public void What_holds_addresses_comes_first_whatever_it_is_called() =>
        Assert.Equal("contact", First(Of("email", "n/a"), Of("contact", "ana@shop.example", "joan@botiga.example")));

    [Theory]
    [InlineData("E-Mail")]
    [InlineData("mail_address")]
    [InlineData("Correu electrònic")]
    [InlineData("Е-пошта")]
    [InlineData("електронска пошта")]
    [InlineData("e-pošta")]
    [InlineData("eposta")]
    [InlineData("Имејл")]
    public void Without_samples_the_name_decides(string name) => Assert.Equal(name, First(Of("id"), Of("name"), Of(name)));

    [Theory]
    [InlineData("postal_code")]
    [InlineData("Поштански број")]
    [InlineData("poštanski broj")]
    [InlineData("codi postal")]
    public void A_postal_code_is_not_taken_for_an_address(string name) => Assert.Equal("email", First(Of(name), Of("email")));

    [Fact]
    public void Otherwise_the_order_of_the_source_stays() =>
        Assert.Equal(["b", "a", "c"], EmailFields.LikelyFirst([Of("b"), Of("a"), Of("c")]).Select(field => field.Name));

    [Theory]
    [InlineData(true)]
    [InlineData(true, "ana@shop.example", "none")]
    [InlineData(false, "ana@shop.example", "none", "none")]
    [InlineData(false, "Ana")]
    public void A_person_is_warned_where_most_samples_are_no_addresses(bool looksSo, params string[] samples) =>
        Assert.Equal(looksSo, EmailFields.LooksLikeAddresses(Of("field", samples)));

    private static string First(params Field[] fields) => EmailFields.LikelyFirst(fields)[0].Name;

    private static Field Of(string name, params string[] samples) => new(name, FieldType.Text, 1, samples);
}
