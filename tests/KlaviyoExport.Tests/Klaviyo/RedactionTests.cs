using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("Invalid email address", "Invalid email address")]
    [InlineData("'ana@example.com' is not valid.", "'…' is not valid.")]
    [InlineData("ana@example.com", "…")]
    [InlineData("Duplicate of <Ana.P+x@EXAMPLE.com>, iva@b.co;jo@c.co", "Duplicate of <…>, …;…")]
    [InlineData("јован@пример.срб је неисправна", "… је неисправна")]
    [InlineData("ana@@example", "…")]
    [InlineData("ana@", "…")]
    public void Email_addresses_are_redacted_and_the_rest_is_kept(string said, string expected) =>
        Assert.Equal(expected, Redaction.WithoutAddresses(said));

    [Fact]
    public void A_long_text_is_cut()
    {
        Assert.Equal(500, Redaction.WithoutAddresses(new string('x', 10_000)).Length);
        Assert.DoesNotContain(
            "@",
            Redaction.WithoutAddresses(new string('x', 498) + " ana@example.com " + new string('y', 9_000)),
            StringComparison.Ordinal
        );
    }

    /// <summary>A long text is cut before it is searched. Half an address at the cut must not be kept as a word.</summary>
    [Fact]
    public void An_address_at_the_point_of_truncation_is_redacted()
    {
        var many = string.Concat(Enumerable.Repeat(new string('x', 100) + "@example.com ", 17));

        for (var gap = 0; gap < 100; gap++)
            Assert.DoesNotContain(
                "ana",
                Redaction.WithoutAddresses(many + new string(' ', gap) + "ana.petrovic@example.com" + many),
                StringComparison.Ordinal
            );
    }
}
