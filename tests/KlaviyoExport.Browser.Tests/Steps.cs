using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The steps a person takes from a source to profiles on a list.</summary>
internal static partial class Steps
{
    /// <summary>Saves the source in the form, and waits for its page.</summary>
    public static async Task SaveSourceAsync(this IPage page, string name)
    {
        await page.Button("Save").ClickAsync();
        await Expect(page).ToHaveURLAsync(SourceAddress());
        await Expect(page.Heading(name)).ToBeVisibleAsync();
    }

    /// <summary>A condition in the form of a segment, for example 2.1: the first condition of the second group.</summary>
    public static async Task ConditionAsync(this IPage page, string number, string field, string comparison, string value)
    {
        var condition = page.GetByRole(AriaRole.Group, new() { Name = $"Condition {number}", Exact = true });
        await condition.GetByLabel("Field").SelectOptionAsync(field);
        await condition.GetByLabel("Comparison").SelectOptionAsync(new SelectOptionValue { Label = comparison });
        await condition.GetByLabel("Value").FillAsync(value);
    }

    public static async Task SaveSegmentAsync(this IPage page, string name)
    {
        await page.Button("Save").ClickAsync();
        await Expect(page).ToHaveURLAsync(SegmentAddress());
        await Expect(page.Heading(name)).ToBeVisibleAsync();
    }

    /// <summary>Fills in the form of a new export up to its segments, and searches the list among all lists of the account.</summary>
    public static async Task DescribeExportAsync(
        this IPage page,
        string name,
        string list,
        string source,
        string segment,
        string connection = "Practice store"
    )
    {
        await page.GotoAsync("/exports/new");
        await page.GetByLabel("Connection for export").SelectOptionAsync(connection);
        await page.GetByLabel("Display name").FillAsync(name);
        await page.Button("Choose a list").ClickAsync();
        await Expect(page.GetByText(new Regex(@"^Showing (\d+) of \1 lists$"))).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Searchbox).FillAsync(list);
        await page.Locator(".picker-item").Filter(new() { HasText = list }).First.ClickAsync();
        await page.GetByLabel("Source").SelectOptionAsync(source);
        await page.Segment(segment).CheckAsync();
    }

    /// <summary>Maps one more field, with the target that the form proposes.</summary>
    public static async Task AddFieldAsync(this IPage page, string field)
    {
        var fields = page.GetByLabel("Field", new() { Exact = true });
        var before = await fields.CountAsync();
        await page.Button("Add field").ClickAsync();
        await Expect(fields).ToHaveCountAsync(before + 1);
        await fields.Last.SelectOptionAsync(field);
    }

    public static async Task SaveExportAndRunAsync(this IPage page)
    {
        await page.Button("Save").ClickAsync();
        await Expect(page.GetByText("Saved. Saving does not run the export")).ToBeVisibleAsync();
        await Expect(page.GetByText("It has not run yet.")).ToBeVisibleAsync();
        await page.Button("Run now").ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex(@"/runs/\d+$"));
    }

    [GeneratedRegex(@"/sources/\d+$")]
    private static partial Regex SourceAddress();

    [GeneratedRegex(@"/segments/\d+$")]
    private static partial Regex SegmentAddress();
}
