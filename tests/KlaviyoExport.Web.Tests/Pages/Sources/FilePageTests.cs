using System.Text;
using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

public sealed class FilePageTests
{
    [Fact]
    public async Task What_was_found_and_repaired_is_shown_before_saving()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Upload(page, "Customers\nid;name;city;\n1;5\" pipe;x\n2;b\n");

        Assert.Equal("Detected: 1", form.Find("#lines-hint").TextContent);
        Assert.EndsWith("Detected: ;", form.Find("#delimiter-hint").TextContent, StringComparison.Ordinal);
        Assert.Equal("Detected: utf-8", form.Find("#encoding-hint").TextContent);
        Assert.Equal(["1", "5\" pipe", "x", "2", "b", ""], form.FindAll("#first-rows tbody td").Select(cell => cell.TextContent));
        Assert.Equal(
            [
                "Rows with quotes inside a value, which were kept: 1",
                "Rows with fewer values than columns, filled with empty values: 1",
                "Lines above the header that were skipped: 1",
                "Columns without a name and without values, left out: 1",
            ],
            form.FindAll("#repairs li").Select(item => item.TextContent)
        );
    }

    [Fact]
    public async Task A_person_chooses_between_encodings_by_their_words_and_the_choice_is_stored()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Upload(page, [.. "id,name\n1,Petrovi"u8, 0xE6, .. "\n"u8]);
        Assert.Contains(form.FindAll("#encodings .sample"), word => word.TextContent == "Petroviæ");

        form.Find("[aria-label='Use windows-1252']").Click();

        form.WaitForAssertion(() => Assert.Equal("Petroviæ", form.FindAll("#first-rows tbody td")[1].TextContent));
        form.Find("#name").Input("Customers");
        form.Find("form").Submit();
        form.WaitForAssertion(() =>
            Assert.EndsWith("/sources/1", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );
        await using var db = await page.OpenAsync();
        Assert.Equal("windows-1252", (await db.Set<Source>().SingleAsync()).Dialect?.Encoding);
    }

    [Fact]
    public async Task A_change_of_how_a_file_is_read_is_seen_at_once()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Upload(page, "a,b\nid,name\n1,x\n");

        form.Find("#lines").Change("1");

        form.WaitForAssertion(() => Assert.Equal(["1", "x"], form.FindAll("#first-rows tbody td").Select(cell => cell.TextContent)));
        Assert.Equal(["id", "name"], form.FindAll("#first-rows th").Select(cell => cell.TextContent));
    }

    [Fact]
    public async Task Only_settings_that_a_file_of_the_format_has_are_offered()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Upload(page, "{\"id\":1,\"name\":\"x\"}\n"u8.ToArray(), "kupci.jsonl");

        Assert.Empty(form.FindAll("#delimiter, #escape, #comment, #lines"));
        Assert.Single(form.FindAll("#encoding"));
    }

    [Fact]
    public async Task Each_choice_of_a_format_is_labelled_by_its_column_though_the_name_has_a_space()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Upload(page, "id,birth date\n1,01/02/2026\n2,03/04/2026\n");

        var label = form.Find("#formats [role=radiogroup]").GetAttribute("aria-labelledby")!;

        Assert.DoesNotContain(' ', label);
        Assert.Equal("birth date", form.Find($"#{label}").TextContent);
    }

    [Fact]
    public async Task A_key_can_be_chosen_where_none_is_suggested()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var form = Upload(page, "mail,orders\nana@x.example,1\nana@x.example,1\n");
        form.Find("#name").Input("Customers");
        form.WaitForAssertion(() => Assert.Equal("Choose the key column.", form.Find("#missing").TextContent));

        form.Find("#key").Change("mail");

        form.WaitForAssertion(() => Assert.Equal("Saving loads all rows.", form.Find("#missing").TextContent));
        Assert.False(form.Find("button[type=submit]").HasAttribute("disabled"));
    }

    private static IRenderedComponent<EditSource> Upload(PageContext page, string text) => Upload(page, Encoding.UTF8.GetBytes(text));

    private static IRenderedComponent<EditSource> Upload(PageContext page, byte[] content, string name = "kupci.csv")
    {
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = page.Ui.Render<EditSource>();
        form.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary(content, name));
        form.WaitForAssertion(() => Assert.NotEmpty(form.FindAll("#first-rows")));
        return form;
    }
}
