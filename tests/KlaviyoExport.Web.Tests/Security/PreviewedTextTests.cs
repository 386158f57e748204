using System.Text;
using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Segments;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>Headers and values of a file that are made to run as scripts are texts in the previews, which are never stored.</summary>
public sealed class PreviewedTextTests : IDisposable
{
    private const string Header = "<script>alert('header')</script>";
    private const string Value = "'><img src=x onerror=alert(1)>{{7*7}}<b onclick=alert(2)>";
    private static readonly string Csv = $"id,email,{Header}\n1,a@shop.example,{Value}\n{Value},{Value},x\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("klaviyo-export-previewed-").FullName;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_test_of_a_source_shows_headers_and_values_as_texts()
    {
        var file = Path.Combine(_folder, "customers.csv");
        await File.WriteAllTextAsync(file, Csv, Cancel);
        await using var page = await PageContext.CreateAsync(Role.Administrator, settings: new() { ["Sources:Roots:0"] = _folder });
        var form = page.Ui.Render<EditSource>(parameters => parameters.Add(edit => edit.KindName, "Csv"));
        form.Find("#location").Input(file);

        form.FindAll("button").Single(button => button.TextContent == "Test").Click();

        form.WaitForAssertion(() => ShowsTexts(form, Header, Value));
    }

    [Fact]
    public async Task The_members_of_a_segment_are_shown_as_texts()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        await AddSourceAsync(page);
        var editor = page.Ui.Render<EditSegment>();
        editor.FindAll("button").First(button => button.TextContent.Contains("Add condition", StringComparison.Ordinal)).Click();
        editor.Find("[aria-label='Field']").Change("email");
        editor.Find("[aria-label='Comparison']").Change(nameof(Operator.IsNotEmpty));
        editor.WaitForElement("[aria-busy=true]");
        page.Clock.Advance(TimeSpan.FromSeconds(1));

        editor.WaitForAssertion(() => ShowsTexts(editor, Header, Value));
    }

    private static void ShowsTexts<T>(IRenderedComponent<T> page, params string[] texts)
        where T : IComponent
    {
        var elements = page.FindAll("*");
        var shown = string.Join('\n', elements.Select(element => element.TextContent));
        Assert.All(texts, text => Assert.Contains(text, shown, StringComparison.Ordinal));
        Assert.DoesNotContain(elements, element => element.LocalName is "script" or "img" or "b");
        Assert.DoesNotContain(
            elements.SelectMany(element => element.Attributes),
            // bUnit keeps the handlers of the page itself in attributes of its own.
            attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        );
    }

    private static async Task AddSourceAsync(PageContext page)
    {
        var actor = new Actor("x", "X", Role.Administrator);
        var services = page.Ui.Services;
        var path = await services
            .GetRequiredService<SourceUploads>()
            .SaveAsync(actor, new MemoryStream(Encoding.UTF8.GetBytes(Csv)), "customers.csv", Cancel);
        await services
            .GetRequiredService<SourceService>()
            .SaveAsync(
                actor,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = path,
                    KeyColumns = ["id"],
                },
                Cancel
            );
    }
}
