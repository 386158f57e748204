using System.Globalization;
using System.Text;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The whole job in the browser: from new customer data to a Klaviyo list.</summary>
public sealed class WholeJobTests(DemoApp demo)
{
    private const int Count = 400;

    [Fact]
    public async Task An_administrator_exports_an_unknown_CSV_to_a_list()
    {
        var customers = UnseenCustomers.Make(Count);
        var file = Path.Combine(demo.SourceFolder, "купци 2026.csv");
        UnseenCustomers.WriteCsv(file, customers, Encoding.Unicode);
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;

        await page.GotoAsync("/sources/new");
        await page.GetByRole(AriaRole.Link, new() { Name = "Files", Exact = true }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Купци");
        await Expect(page.Button("Save")).ToBeDisabledAsync();
        await page.GetByLabel("Path").FillAsync(file);
        await page.Button("Test").ClickAsync();
        await Expect(page.GetByLabel("Key column")).ToHaveValueAsync("Шифра");
        await ShowsColumnsAsync(page);
        await ShowsMalformedAsync(page);
        await administrator.KeepAsync("source-csv-form");
        await page.SaveSourceAsync("Купци");
        await Expect(page.Fact("Profiles")).ToHaveTextAsync(Count.ToString(CultureInfo.InvariantCulture));
        await ShowsColumnsAsync(page);
        await ShowsMalformedAsync(page);
        await administrator.KeepAsync("source-csv");

        var members = customers
            .Where(customer =>
                customer.Points > 100
                && (customer.City == "Београд" || (customer.Note?.Contains("сутра", StringComparison.Ordinal) ?? false))
            )
            .ToList();
        await page.GotoAsync("/segments/new");
        await page.GetByLabel("Name").FillAsync("Верни купци");
        await page.GetByLabel("Source").SelectOptionAsync("Купци");
        var all = page.Locator("fieldset.group").First;
        await all.Locator("> .group-end").GetByText("Add condition").ClickAsync();
        await page.ConditionAsync("1", "Поени", "is greater than", "100");
        await all.Locator("> .group-end").GetByText("Add group").ClickAsync();
        var any = all.Locator("fieldset.group");
        await Expect(any.GetByLabel("All, any or none")).ToHaveValueAsync("Any");
        await any.GetByText("Add condition").ClickAsync();
        await page.ConditionAsync("2.1", "Град", "equals", "Београд");
        await any.GetByText("Add condition").ClickAsync();
        await page.ConditionAsync("2.2", "Белешка", "contains", "сутра");
        await ShowsMembersAsync(page, members);
        await administrator.KeepAsync("segment-conditions-form");
        await page.SaveSegmentAsync("Верни купци");
        await administrator.KeepAsync("segment-conditions");

        await page.DescribeExportAsync("Верни купци у Klaviyo", "Win back", "Купци", "Верни купци");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Email", Exact = true })).ToHaveValueAsync("Е-пошта");
        await page.AddFieldAsync("Име");
        await page.GetByLabel("Klaviyo attribute").SelectOptionAsync("first_name");
        await page.AddFieldAsync("Поени");
        await administrator.KeepAsync("export-form");
        await page.SaveExportAndRunAsync();
        await EndsWithAsync(administrator, members, "Win back", "WbK4t9", "run-of-csv");
    }

    [Fact]
    public async Task An_administrator_exports_an_unknown_database_to_a_list_by_its_membership_table()
    {
        var customers = UnseenCustomers.Make(Count);
        var members = customers.Where(customer => customer.Points % 2 == 0).ToList();
        var file = Path.Combine(demo.SourceFolder, "shop of ours.db");
        await UnseenCustomers.WriteDatabaseAsync(file, customers, members.Select(member => member.Key).Concat([members[0].Key, "К-9999"]));
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;

        await page.GotoAsync("/sources/new");
        await page.GetByRole(AriaRole.Link, new() { Name = "SQLite database" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Shop database");
        await page.GetByLabel("Path").FillAsync(file);
        await page.Button("Test").ClickAsync();
        await page.GetByLabel("Table or view of unified profiles").SelectOptionAsync("unified profiles");
        await Expect(page.GetByLabel("Key column")).ToHaveValueAsync("code");
        await Expect(page.Row("points")).ToContainTextAsync("whole number");
        await administrator.KeepAsync("source-database-form");
        await page.SaveSourceAsync("Shop database");
        await Expect(page.Fact("Table or view")).ToHaveTextAsync("unified profiles");

        await page.GotoAsync("/segments/new");
        await page.GetByLabel("Name").FillAsync("Card holders");
        await page.GetByLabel("Source").SelectOptionAsync("Shop database");
        await page.GetByLabel("Customers in a table or view").CheckAsync();
        await page.GetByLabel("Membership table or view").SelectOptionAsync("card_holder");
        await page.GetByLabel("Column with the customer keys").SelectOptionAsync("code");
        await ShowsMembersAsync(page, members);
        await administrator.KeepAsync("segment-membership-form");
        await page.SaveSegmentAsync("Card holders");
        await Expect(page.GetByText("Customers in card_holder, column code.")).ToBeVisibleAsync();

        await page.DescribeExportAsync("Card holders to Klaviyo", "Test list", "Shop database", "Card holders");
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = "Email", Exact = true })).ToHaveValueAsync("e-mail");
        await page.AddFieldAsync("city");
        await Expect(page.GetByLabel("Klaviyo attribute")).ToHaveValueAsync("location.city");
        await page.SaveExportAndRunAsync();
        await EndsWithAsync(administrator, members, "Test list, may be emptied", "Tst000", "run-of-database");
    }

    [Fact]
    public async Task An_administrator_uploads_a_csv()
    {
        var customers = UnseenCustomers.Make(120);
        var file = Path.Combine(demo.SourceFolder, "..", "on-the-desk.csv");
        UnseenCustomers.WriteCsv(file, customers, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await using var administrator = await demo.SignInAsync("administrator");
        var page = administrator.Page;

        await page.GotoAsync("/sources/new");
        await page.GetByRole(AriaRole.Link, new() { Name = "Files", Exact = true }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("Uploaded customers");
        await Expect(page.GetByLabel("Or upload a file")).ToBeEnabledAsync();
        await page.GetByLabel("Or upload a file").SetInputFilesAsync(file);
        await Expect(page.GetByLabel("Key column")).ToHaveValueAsync("Шифра");
        await ShowsColumnsAsync(page);
        await page.SaveSourceAsync("Uploaded customers");
        await Expect(page.Fact("Profiles")).ToHaveTextAsync("120");
        await ShowsMalformedAsync(page);
        await page.GotoAsync("/sources");
        await Expect(page.Row("Uploaded customers")).ToContainTextAsync("Malformed rows: 2");
        await administrator.KeepAsync("sources");
        Assert.Empty(administrator.Faults);
    }

    private static async Task ShowsColumnsAsync(IPage page)
    {
        await Expect(page.Row("Шифра").First.GetByText("100%")).ToBeVisibleAsync();
        await Expect(page.Row("Поени").First).ToContainTextAsync("whole number");
        await Expect(page.Row("Последња куповина").First).ToContainTextAsync("date");
        await Expect(page.Row("Е-пошта").First).ToContainTextAsync("95%");
        await Expect(page.Row("Е-пошта").First.Locator(".sample")).ToHaveCountAsync(3);
        await Expect(page.Row("Белешка").First.Locator(".sample").First).ToContainTextAsync("зовите сутра");
    }

    private static async Task ShowsMalformedAsync(IPage page)
    {
        await Expect(page.GetByText($"Malformed rows: {UnseenCustomers.Malformed}")).ToBeVisibleAsync();
        // The header is line 1 and the tenth customer is on line 11, because no earlier note contains a line break.
        await Expect(page.Row("values: 8, columns in the header: 7").First).ToContainTextAsync("12");
    }

    private static async Task ShowsMembersAsync(IPage page, List<UnseenCustomer> members)
    {
        await Expect(page.Locator(".member-count strong")).ToHaveTextAsync(members.Count.ToString(CultureInfo.InvariantCulture));
        await Expect(page.GetByText($"members, of {Count} profiles in the source")).ToBeVisibleAsync();
        var keys = page.Locator(".member-count ~ .table-box tbody td:first-child");
        await Expect(keys).ToHaveCountAsync(20);
        Assert.Subset(members.Select(member => member.Key).ToHashSet(), (await keys.AllInnerTextsAsync()).ToHashSet());
    }

    /// <summary>The ledger contains every member, and the list contains exactly the accepted ones.</summary>
    private async Task EndsWithAsync(Visitor visitor, List<UnseenCustomer> members, string list, string listId, string picture)
    {
        var page = visitor.Page;
        await page.EndsAsync("Successful");
        await visitor.KeepAsync(picture);
        var deliverable = UnseenCustomers.Deliverable(members);
        Assert.Equal(members.Count, await page.CountAsync("Members"));
        Assert.Equal(members.Count(member => member.Email is null), await page.CountAsync("Without email"));
        Assert.Equal(
            members.Count(member => member.Email is { } email && !email.Contains('@', StringComparison.Ordinal)),
            await page.CountAsync("Invalid email")
        );
        Assert.Equal(deliverable.Count, await page.CountAsync("Accepted"));
        await page.AddsUpAsync();
        Assert.Equal(deliverable, await demo.Klaviyo.MembersAsync(listId));
        await page.GotoAsync(demo.Klaviyo.Address);
        await page.GetByRole(AriaRole.Link, new() { Name = list, Exact = true }).ClickAsync();
        await Expect(page.GetByText($"{deliverable.Count} members")).ToBeVisibleAsync();
        Assert.Empty(visitor.Faults);
    }
}
