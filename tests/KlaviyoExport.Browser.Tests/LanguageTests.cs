using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The pages in the other languages: translated terms, no English left, nothing wider than a phone.</summary>
public sealed class LanguageTests(DemoApp demo)
{
    /// <summary>The elements that name something on a page: headings, labels, buttons, links, columns, facts, states.</summary>
    private const string Words = """
        [...document.querySelectorAll('h1, h2, label, legend, .legend, button, .button, th, dt, .hint, .lead, .nav a, .nav-group, .crumbs li, .badge, .stages li, option, .equation, .timeline li span, [aria-label], [placeholder]')]
            .flatMap(element => [element.innerText?.replace(element.querySelector('.icon')?.innerText ?? '', '') ?? '', element.getAttribute('aria-label') ?? '', element.getAttribute('placeholder') ?? ''])
            .map(text => text.trim()).filter(text => /\p{L}{2}/u.test(text))
        """;

    /// <summary>Names of the product and of the demo's data, which are the same in every language.</summary>
    private static readonly string[] Names =
    [
        "Klaviyo",
        "Klaviyo Export",
        "English",
        "Српски",
        "Català",
        "Cveta Contributor",
        "Practice store",
        "Customers",
        "Newsletter readers",
        "Newsletter readers to Klaviyo",
        "Gold and platinum",
        "Ordered in the last 90 days",
    ];

    [Theory]
    [InlineData("sr-Cyrl", "Српски", "Пријава", "Лозинка")]
    [InlineData("ca", "Català", "Inicia la sessió", "Contrasenya")]
    public async Task The_sign_in_page_is_in_the_readers_language(string language, string name, string title, string password)
    {
        await using var visitor = await demo.VisitAsync();
        var page = visitor.Page;
        await page.GotoAsync("/sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Language" }).ClickAsync();
        await page.Button(name).ClickAsync();
        await Expect(page.Heading(title)).ToBeVisibleAsync();
        await Expect(page.GetByLabel(password)).ToBeVisibleAsync();
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
        await visitor.KeepAsync($"sign-in-{language}");
        await visitor.SignInAsync("contributor@demo.example", DemoApp.Password);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("lang", language);
    }

    [Theory]
    [InlineData(
        "sr-Cyrl",
        "Извози",
        "Додај одредиште",
        "Веза за извоз",
        "ID Klaviyo листе",
        "Подударање података",
        "Е-пошта",
        "Сачувај",
        "Прихваћено",
        "Завршено са упозорењима"
    )]
    [InlineData(
        "ca",
        "Exportacions",
        "Afegeix una destinació",
        "Connexió per a l’exportació",
        "ID de llista del Klaviyo",
        "Coincidència de dades",
        "Correu electrònic",
        "Desa",
        "Acceptats",
        "Completada amb avisos"
    )]
    public async Task The_path_to_a_run_is_in_the_readers_language(
        string language,
        string exports,
        string add,
        string connection,
        string listId,
        string matching,
        string email,
        string save,
        string accepted,
        string warnings
    )
    {
        var run = await demo.FinishedRun;
        await using var reader = await demo.SignInAsync("contributor", language);
        await using var english = await demo.SignInAsync("contributor");
        var page = reader.Page;
        var look = async (string address, string picture) =>
        {
            await english.Page.GotoAsync(address);
            await page.GotoAsync(address);
            foreach (var visitor in new[] { english, reader })
            {
                await Expect(visitor.Page.Locator("main fieldset.bare[disabled]")).ToHaveCountAsync(0);
                // The matching fields are shown after a source is chosen.
                if (address == "/exports/new")
                    await visitor.Page.Locator("#source").SelectOptionAsync("Customers");
            }
            await reader.KeepAsync($"{picture}-{language}");
            await LeavesNoEnglishAsync(reader, english, language);
        };

        await look("/exports", "exports");
        await Expect(page.Heading(exports)).ToBeVisibleAsync();
        await look("/exports/new", "export-form");
        await Expect(page.Heading(add)).ToBeVisibleAsync();
        await Expect(page.GetByLabel(connection)).ToBeVisibleAsync();
        await Expect(page.GetByLabel(listId)).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = matching })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Combobox, new() { Name = email, Exact = true })).ToBeVisibleAsync();
        await Expect(page.Button(save)).ToBeVisibleAsync();
        await look(run, "run");
        await Expect(page.RunState()).ToContainTextAsync(warnings);
        await Expect(page.GetByRole(AriaRole.Rowheader, new() { Name = accepted }).First).ToBeVisibleAsync();
        foreach (var address in new[] { "/", "/exports/1", "/segments", "/segments/1", "/segments/1/edit" })
            await look(address, "page" + address.Replace('/', '-'));
        Assert.Empty(reader.Faults);
    }

    /// <summary>
    /// Checks that no text of the English page is on the other page, except names and words that both languages spell the same.
    /// </summary>
    private static async Task LeavesNoEnglishAsync(Visitor reader, Visitor english, string language)
    {
        var data = Names.Concat(
            await english
                .Page.Locator("code, select[aria-label] option, #source option, #email-field option, tbody td, dd")
                .AllInnerTextsAsync()
        );
        // The names of keys stand on the keys.
        string[] alike = ["Ctrl K", "Ctrl", "Esc", .. language == "ca" ? new[] { "Segments", "Error", "Valor" } : []];
        var left = (await reader.Page.EvaluateAsync<string[]>(Words))
            .Intersect(await english.Page.EvaluateAsync<string[]>(Words))
            .Except(data.Select(text => text.Trim()))
            .Except(alike);
        Assert.Equal([], left);
    }
}
