using KlaviyoExport.Exports;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Exports;

public sealed class EmailFieldsTests
{
    [Fact]
    public void Fields_with_addresses_come_first_whatever_their_names() =>
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
    public void Without_samples_the_name_of_the_field_decides(string name) => Assert.Equal(name, First(Of("id"), Of("name"), Of(name)));

    [Theory]
    [InlineData("postal_code")]
    [InlineData("Поштански број")]
    [InlineData("poštanski broj")]
    [InlineData("codi postal")]
    public void A_postal_code_is_not_read_as_an_email_address(string name) => Assert.Equal("email", First(Of(name), Of("email")));

    [Fact]
    public void Other_fields_keep_the_order_of_the_source() =>
        Assert.Equal(["b", "a", "c"], EmailFields.LikelyFirst([Of("b"), Of("a"), Of("c")]).Select(field => field.Name));

    [Theory]
    [InlineData(true)]
    [InlineData(true, "ana@shop.example", "none")]
    [InlineData(false, "ana@shop.example", "none", "none")]
    [InlineData(false, "Ana")]
    public void A_field_whose_samples_are_mostly_not_addresses_gets_a_warning(bool looksSo, params string[] samples) =>
        Assert.Equal(looksSo, EmailFields.LooksLikeAddresses(Of("field", samples)));

    private static string First(params Field[] fields) => EmailFields.LikelyFirst(fields)[0].Name;

    private static Field Of(string name, params string[] samples) => new(name, FieldType.Text, 1, samples);
}
