using Bunit;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Exports;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class FieldRuleFieldsTests
{
    [Fact]
    public async Task The_rules_of_a_phone_number_are_its_country_and_what_an_invalid_one_does()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var (page, row) = Render(context, new FieldMapping("phone", "phone_number"));

        page.Find("#r-country").Change("land");
        page.Find("#r-region").Change("RS");
        page.Find("#r-invalid").Change("Reject");

        Assert.Empty(page.FindAll("#r-type, #r-default, #r-separator"));
        Assert.Equal(
            new FieldMapping("phone", "phone_number")
            {
                CountryField = "land",
                Region = "RS",
                WhenInvalid = WhenInvalid.Reject,
            },
            row.ToMapping()
        );
        Assert.Contains(
            "country from “land”, numbers of Serbia, rejects invalid values",
            page.Find("summary").TextContent,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_required_field_rejects_profiles_and_leaves_no_choice()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var (page, row) = Render(context, new FieldMapping("tier", "properties.Tier"));

        page.FindAll("[type=checkbox]")[0].Change(true);

        Assert.True(page.Find("#r-invalid").HasAttribute("disabled"));
        Assert.Equal("Reject", page.Find("#r-invalid").GetAttribute("value"));
        Assert.True(row.ToMapping().RejectsInvalid);
    }

    [Fact]
    public async Task A_list_has_a_separator_and_fits_a_custom_property_only()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var (page, row) = Render(context, new FieldMapping("tags", "properties.Tags"));

        page.Find("#r-type").Change("List");
        page.Find("#r-separator").Change(";");
        page.Find("#r-default").Change("none");

        Assert.Equal(("List", ";", "none"), (row.ToMapping().Type.ToString(), row.ToMapping().Separator, row.ToMapping().Default));
        Assert.DoesNotContain(
            Render(context, new FieldMapping("tags", "first_name")).Page.FindAll("#r-type option"),
            option => option.GetAttribute("value") == "List"
        );
    }

    [Fact]
    public async Task A_mapping_with_its_rules_can_be_told_from_one_without_them()
    {
        await using var context = await PageContext.CreateAsync(Role.Contributor);
        var texts = context.Ui.Services.GetRequiredService<FieldRuleTexts>();
        var mapping = new FieldMapping("born", "properties.Born");

        Assert.Equal("born → properties.Born", texts.Whole(mapping));
        Assert.Equal(
            "born → properties.Born (required, Date, default “2000-01-01”, spaces kept)",
            texts.Whole(mapping with { IsRequired = true, Type = MappedType.Date, Default = "2000-01-01", Trims = false })
        );
        Assert.Equal(mapping, FieldRuleForm.Of(mapping).On(mapping));
    }

    private static (IRenderedComponent<FieldRuleFields> Page, MappingRow Row) Render(PageContext context, FieldMapping mapping)
    {
        var row = MappingRow.Of(mapping);
        var page = context.Ui.Render<FieldRuleFields>(parameters =>
            parameters
                .Add(fields => fields.Row, row)
                .Add(fields => fields.Fields, [new Field(mapping.Field, FieldType.Text, 1, []), new Field("land", FieldType.Text, 1, [])])
                .Add(fields => fields.Prefix, "r")
        );
        return (page, row);
    }
}
