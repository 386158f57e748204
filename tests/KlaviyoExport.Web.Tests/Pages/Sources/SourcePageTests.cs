using System.Globalization;
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

public sealed class SourcePageTests
{
    [Fact]
    public async Task A_file_is_uploaded_tested_and_saved_with_the_key_that_was_found()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = page.Ui.Render<EditSource>();
        Assert.Equal("Enter a name.", form.Find("#missing").TextContent);
        form.Find("#name").Input("Customers");

        form.FindComponent<InputFile>()
            .UploadFiles(InputFileContent.CreateFromText("email,customer_id\na@example.com,7\n,8\n9,\n", "kupci.csv"));

        form.WaitForAssertion(() => Assert.NotEmpty(form.FindAll("#key")));
        form.Find("#key").Change("customer_id");
        form.Find("form").Submit();
        form.WaitForAssertion(() =>
            Assert.EndsWith("/sources/1", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );
        await using var db = await page.OpenAsync();
        var source = await db.Set<Source>().SingleAsync();
        Assert.Equal(("customer_id", 2L, 1L), (source.KeyColumns.ToString(), source.RowCount, source.MalformedCount));

        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, source.Id));
        Assert.Equal(
            ["kupci.csv", "4", "no key in column customer_id"],
            shown.FindAll("table")[0].QuerySelectorAll("tbody td").Select(cell => cell.TextContent)
        );
        Assert.Equal(
            ["email", "text", 0.5.ToString("P0", CultureInfo.CurrentCulture), "a@example.com"],
            shown.FindAll("table")[1].QuerySelectorAll("tbody tr")[0].Children.Select(cell => cell.TextContent)
        );
    }

    [Fact]
    public async Task A_path_outside_the_permitted_folders_is_refused_on_the_page()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        page.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        var form = page.Ui.Render<EditSource>();
        form.Find("#location").Input("/etc/passwd");
        form.FindAll("button").First(button => button.TextContent == "Test").Click();

        form.WaitForAssertion(() =>
            Assert.Contains("no folder is permitted", form.Find("[role=alert]").TextContent, StringComparison.Ordinal)
        );
        Assert.Empty(form.FindAll("#key"));
    }

    [Fact]
    public async Task A_failed_load_is_shown_and_the_numbers_of_the_previous_one_stay()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var actor = new Actor("x", "X", Role.Administrator);
        var path = await page
            .Ui.Services.GetRequiredService<SourceUploads>()
            .SaveAsync(actor, new MemoryStream("id\n1\n"u8.ToArray()), "c.csv", CancellationToken.None);
        await page
            .Ui.Services.GetRequiredService<SourceService>()
            .SaveAsync(
                actor,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = path,
                    KeyColumns = ["id"],
                },
                CancellationToken.None
            );
        File.WriteAllText(path, "");
        var list = page.Ui.Render<SourceList>();

        list.Find("[aria-label='Reload Customers']").Click();

        list.WaitForAssertion(() => Assert.Contains("c.csv is empty", list.Find("[role=alert]").TextContent, StringComparison.Ordinal));
        Assert.Contains("Last load failed", list.Markup, StringComparison.Ordinal);
        Assert.Equal("1", list.Find("td.number").TextContent);
    }

    [Fact]
    public async Task Removing_asks_for_confirmation()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var actor = new Actor("x", "X", Role.Administrator);
        var path = await page
            .Ui.Services.GetRequiredService<SourceUploads>()
            .SaveAsync(actor, new MemoryStream("id\n1\n"u8.ToArray()), "c.csv", CancellationToken.None);
        await page
            .Ui.Services.GetRequiredService<SourceService>()
            .SaveAsync(
                actor,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = path,
                    KeyColumns = ["id"],
                },
                CancellationToken.None
            );
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(opened => opened.Id, 1));

        page.Answer(yes: true);
        shown.FindAll("button").First(button => button.TextContent == "Remove").Click();

        shown.WaitForAssertion(() =>
            Assert.EndsWith("/sources", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );
        await using var db = await page.OpenAsync();
        Assert.Empty(db.Set<Source>());
    }

    [Fact]
    public async Task Without_sources_the_list_shows_the_way_to_the_first()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);

        Assert.Equal("sources/new", page.Ui.Render<SourceList>().Find(".empty a").GetAttribute("href"));
    }
}
