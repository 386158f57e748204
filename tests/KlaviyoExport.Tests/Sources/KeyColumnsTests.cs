using System.Text.Json;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class KeyColumnsTests
{
    private static readonly KeyColumns Two = ["store", "number"];

    [Theory]
    [InlineData("a", "b", "a|b")]
    [InlineData("a|", "b", "a~1|b")]
    [InlineData("a", "|b", "a|~1b")]
    [InlineData("~1", "~", "~01|~0")]
    [InlineData(" a ", "ж", " a |ж")]
    public void The_values_of_several_columns_are_joined_and_found_again(string first, string second, string key)
    {
        Assert.Equal(key, KeyColumns.Join([first, second]));
        Assert.Equal([first, second], Two.Split(key));
        Assert.False(Two.IsMissing(key));
    }

    [Fact]
    public void The_key_of_one_column_is_its_text()
    {
        KeyColumns columns = ["id"];

        Assert.Equal("a|~0", KeyColumns.Join(["a|~0"]));
        Assert.Equal(["a|~0"], columns.Split("a|~0"));
        Assert.False(columns.IsMissing("|"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a|")]
    [InlineData("|b")]
    [InlineData("a| \t")]
    public void A_row_without_one_of_the_values_has_no_key(string? key) => Assert.True(Two.IsMissing(key));

    [Fact]
    public void A_key_that_was_made_of_other_columns_has_no_value_for_the_rest() => Assert.Equal(["1", null], Two.Split("1"));

    [Fact]
    public void A_membership_that_an_earlier_version_has_stored_is_readable()
    {
        var stored = JsonSerializer.Deserialize<SegmentDefinition>("""{"$type":"membership","Table":"vip","KeyColumn":"the key"}""");
        SegmentDefinition several = new MembershipSegment("vip", ["store", "number"]);

        Assert.Equal(new MembershipSegment("vip", ["the key"]), stored);
        Assert.Equal(several, JsonSerializer.Deserialize<SegmentDefinition>(JsonSerializer.Serialize(several)));
        Assert.NotEqual(several, new MembershipSegment("vip", ["number", "store"]));
    }
}
