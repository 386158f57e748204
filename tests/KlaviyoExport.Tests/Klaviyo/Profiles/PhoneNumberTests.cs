using System.Globalization;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo.Profiles;

public sealed class PhoneNumberTests
{
    [Theory]
    [InlineData("064 123 45 67", "RS", "+381641234567")]
    [InlineData("0038164999888", null, "+38164999888")]
    [InlineData("00 381 64 999 888", "US", "+38164999888")]
    [InlineData("+55 (12) 3923-5555", null, "+551239235555")]
    [InlineData("+55 (12) 3923-5555", "RS", "+551239235555")]
    [InlineData("(555) 010-9999", "US", "+15550109999")]
    [InlineData("93 123 45 67", "ES", "+34931234567")]
    [InlineData(" +381641234567 ", null, "+381641234567")]
    [InlineData("+44 20 7946 0958 ext. 12", null, "+442079460958")]
    public void A_number_as_people_write_it_becomes_E164(string text, string? region, string e164)
    {
        Assert.True(PhoneNumber.TryRead(text, region, out var number));
        Assert.Equal(e164, number);
    }

    [Theory]
    [InlineData("064 123 45 67", null)]
    [InlineData("call the office", "RS")]
    [InlineData("", "RS")]
    [InlineData("12345", "RS")]
    [InlineData("+999 123 456 789", "RS")]
    [InlineData("+381 64 1234567890123", null)]
    [InlineData("555 1234", "US")] // The area code is missing.
    public void An_implausible_number_is_invalid(string text, string? region) => Assert.False(PhoneNumber.TryRead(text, region, out _));

    [Fact]
    public void A_very_long_text_is_no_number() => Assert.False(PhoneNumber.TryRead(new string('1', 100_000), "RS", out _));

    [Theory]
    [InlineData("RS", "RS")]
    [InlineData(" rs ", "RS")]
    [InlineData("Serbia", "RS")]
    [InlineData("Србија", "RS")]
    [InlineData("srbija", "RS")]
    [InlineData("SÈRBIA", "RS")]
    [InlineData("Немачка", "DE")]
    [InlineData("Estats Units", "US")]
    [InlineData("España", "ES")]
    [InlineData("UK", "GB")]
    [InlineData("Atlantis", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_country_is_known_by_code_and_by_name(string? text, string? code) => Assert.Equal(code, Countries.CodeOf(text));

    [Fact]
    public void Every_country_with_phone_numbers_has_a_name_in_each_language()
    {
        foreach (var region in PhoneNumber.Regions)
        foreach (var language in new[] { "en", "sr-Cyrl", "ca" })
            Assert.NotEqual(region, Countries.NameOf(region, CultureInfo.GetCultureInfo(language)));
        Assert.Equal("Немачка", Countries.NameOf("DE", CultureInfo.GetCultureInfo("sr-Cyrl")));
    }
}
