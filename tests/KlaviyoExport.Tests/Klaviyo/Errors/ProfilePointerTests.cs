using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Tests.Klaviyo.Errors;

public sealed class ProfilePointerTests
{
    [Theory]
    [InlineData("/data/attributes/profiles/data/0/attributes/email", 0)]
    [InlineData("/data/attributes/profiles/data/3/attributes/email", 3)]
    [InlineData("/data/attributes/profiles/data/9999/attributes/phone_number", 9999)]
    [InlineData("/data/attributes/profiles/data/12", 12)]
    [InlineData("/data/attributes/profiles/data/12/", 12)]
    public void The_position_of_the_profile_is_read(string pointer, int index) => Assert.Equal(index, With(pointer).ProfileIndex);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/data")]
    [InlineData("/data/attributes/profiles/data")]
    [InlineData("/data/attributes/profiles/data/")]
    [InlineData("/data/attributes/profiles/data//attributes/email")]
    [InlineData("/data/attributes/profiles/data/x/attributes/email")]
    [InlineData("/data/attributes/profiles/data/-1/attributes/email")]
    [InlineData("/data/attributes/profiles/data/+1/attributes/email")]
    [InlineData("/data/attributes/profiles/data/01/attributes/email")]
    [InlineData("/data/attributes/profiles/data/ 1/attributes/email")]
    [InlineData("/data/attributes/profiles/data/1.0/attributes/email")]
    [InlineData("/data/attributes/profiles/data/99999999999/attributes/email")]
    [InlineData("/data/attributes/profiles/data/٣/attributes/email")]
    [InlineData("data/attributes/profiles/data/3/attributes/email")]
    [InlineData("/x/data/attributes/profiles/data/3/attributes/email")]
    [InlineData("/data/relationships/lists/data/0/id")]
    public void Any_other_error_rejects_no_profile(string? pointer) => Assert.Null(With(pointer).ProfileIndex);

    [Theory]
    [InlineData("0/attributes/email", "email")]
    [InlineData("3/attributes/phone_number", "phone_number")]
    [InlineData("3/attributes/location/zip", "location.zip")]
    [InlineData("3/attributes/properties/Loyalty~1tier~0", "properties.Loyalty/tier~")]
    [InlineData("3/attributes/properties/Tags/0", "properties.Tags")]
    [InlineData("3/attributes", null)]
    [InlineData("3", null)]
    [InlineData("3/attributes/location", null)]
    [InlineData("3/attributes/properties/$consent", null)]
    [InlineData("3/meta/patch_properties", null)]
    public void The_attribute_is_read(string part, string? path) =>
        Assert.Equal(path, With($"/data/attributes/profiles/data/{part}").Field?.Path);

    private static KlaviyoError With(string? pointer) => new(null, 400, "invalid", "Invalid", "", pointer, null);
}
