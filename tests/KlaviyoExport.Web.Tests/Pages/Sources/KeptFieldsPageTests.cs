using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

public sealed class KeptFieldsPageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("klaviyo-export-kept-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_column_that_is_unchecked_is_not_shown_and_not_loaded()
    {
        var file = Path.Combine(_folder, "customers.csv");
        await File.WriteAllTextAsync(file, "id,email,note\n1,a@shop.example,secret\n", Xunit.TestContext.Current.CancellationToken);
        await using var page = await PageContext.CreateAsync(Role.Administrator, settings: new() { ["Sources:Roots:0"] = _folder });
        var form = page.Ui.Render<EditSource>(parameters => parameters.Add(edit => edit.KindName, "Csv"));
        form.Find("#name").Input("Customers");
        form.Find("#location").Input(file);
        form.FindAll("button").Single(button => button.TextContent == "Test").Click();
        form.WaitForElement("[aria-labelledby=kept-fields]");
        Assert.Equal([true, true, true], Boxes().Select(box => box.HasAttribute("checked")));
        Assert.Equal([true, false, false], Boxes().Select(box => box.HasAttribute("disabled")));

        Boxes()[2].Change(false);

        form.WaitForAssertion(() => Assert.DoesNotContain("secret", form.Markup, StringComparison.Ordinal));
        form.Find("form").Submit();
        form.WaitForAssertion(() =>
            Assert.Contains(
                "/sources/1",
                page.Ui.Services.GetService<Microsoft.AspNetCore.Components.NavigationManager>()!.Uri,
                StringComparison.Ordinal
            )
        );
        await using var db = await page.OpenAsync();
        var source = await db.Set<Source>().SingleAsync(Xunit.TestContext.Current.CancellationToken);
        Assert.Equal(["id", "email"], source.Fields.Select(field => field.Name));
        var shown = page.Ui.Render<SourcePage>(parameters => parameters.Add(one => one.Id, source.Id));
        Assert.Contains("The others are neither stored nor shown.", shown.Markup, StringComparison.Ordinal);

        IReadOnlyList<AngleSharp.Dom.IElement> Boxes() => form.FindAll("[aria-labelledby=kept-fields] input");
    }
}
