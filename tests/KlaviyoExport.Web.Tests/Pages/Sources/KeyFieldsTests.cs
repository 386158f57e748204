using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

public sealed class KeyFieldsTests
{
    private static readonly SourcePreview Preview = new(
        [],
        [.. new[] { "store", "number", "email" }.Select(name => new Field(name, FieldType.Text, 1, []))],
        [
            ["1", "1", "a@x.example"],
        ],
        [],
        []
    );

    [Fact]
    public async Task Columns_are_added_chosen_and_removed_in_order()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var keys = new List<string>();
        var fields = page.Ui.Render<KeyFields>(set => set.Add(one => one.Keys, keys).Add(one => one.Preview, Preview));
        Assert.Empty(fields.FindAll("button"));

        fields.Find("#key").Change("store");
        fields.Find("button").Click();
        Assert.Equal(["store", ""], keys);
        fields.Find("#key-2").Change("number");

        Assert.Equal(["store", "number"], keys);
        Assert.Contains("Together", fields.Find("#key-hint").TextContent, StringComparison.Ordinal);
        Assert.Equal("Key column 2", fields.Find("#key-2").GetAttribute("aria-label"));
        Assert.True(fields.Find("#key-2 option[value=store]").HasAttribute("disabled"));
        fields.Find("[aria-label='Remove key column 1']").Click();
        Assert.Equal(["number"], keys);
    }

    [Fact]
    public async Task An_address_as_the_key_is_explained()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var keys = new List<string> { "number" };
        var fields = page.Ui.Render<KeyFields>(set => set.Add(one => one.Keys, keys).Add(one => one.Preview, Preview));
        Assert.Empty(fields.FindAll("[role=status]"));

        fields.Find("#key").Change("email");

        Assert.Contains(
            "Two spellings of one address are two profiles",
            fields.Find("[role=status]").TextContent,
            StringComparison.Ordinal
        );
    }
}
