using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo.Profiles;

public sealed class ProfilePathTests
{
    [Theory]
    [InlineData("email")]
    [InlineData("phone_number")]
    [InlineData("location.city")]
    [InlineData("properties.Loyalty tier")]
    [InlineData("properties.Омиљена боја")]
    [InlineData("properties.a.b")]
    public void A_path_round_trips_through_its_text(string path)
    {
        Assert.True(ProfilePath.TryParse(path, out var parsed));
        Assert.Equal(path, parsed.Path);
        Assert.Equal(ProfilePath.Parse(path), parsed);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Email")]
    [InlineData("location")]
    [InlineData("location.ip")]
    [InlineData("properties.")]
    [InlineData("properties.  ")]
    [InlineData("properties.$consent")]
    [InlineData("properties. $consent")]
    [InlineData("properties.a\nb")]
    [InlineData("properties.\ud800")]
    [InlineData("subscriptions")]
    [InlineData("_kx")]
    public void Unknown_and_read_only_attributes_are_not_paths(string? path) => Assert.False(ProfilePath.TryParse(path, out _));

    [Fact]
    public void A_property_name_has_a_maximum_length()
    {
        Assert.True(ProfilePath.TryParse("properties." + new string('x', 255), out _));
        Assert.False(ProfilePath.TryParse("properties." + new string('x', 256), out _));
    }

    [Fact]
    public void Every_standard_attribute_can_be_parsed() =>
        Assert.All(ProfilePath.Standard, path => Assert.Equal(path, ProfilePath.Parse(path.Path)));
}
