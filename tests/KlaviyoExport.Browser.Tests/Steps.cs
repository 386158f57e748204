using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The way from customers somewhere to profiles on a list, step by step as a person takes it.</summary>
internal static partial class Steps
{
    /// <summary>Saves the source that the form describes, and waits for its page.</summary>
    public static async Task SaveSourceAsync(this IPage page, string name)
    {
        await page.Button("Save").ClickAsync();
        await Expect(page).ToHaveURLAsync(SourceAddress());
        await Expect(page.Heading(name)).ToBeVisibleAsync();
    }

    /// <summary>A condition of the form of a segment, such as 2.1: the first of the second part.</summary>
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

    /// <summary>Fills the form of a new export up to its segments: the list is looked for among all of the account.</summary>
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
        await page.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex("^" + Regex.Escape(segment)) }).CheckAsync();
    }

    /// <summary>Maps one more field; the form proposes where to.</summary>
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
