using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Web.Localization;
using KlaviyoExport.Web.Pages.System;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.System;

public sealed class GeneralPageTests : IAsyncLifetime
{
    private PageContext _context = default!;

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private General General => _context.Ui.Services.GetRequiredService<General>();

    public async ValueTask InitializeAsync()
    {
        _context = await PageContext.CreateAsync(Role.Administrator);
        _context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
    }

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    [Theory]
    [InlineData("en-GB", "22/11/2026", "1,234,567.89")]
    [InlineData("ca-ES", "22/11/2026", "1.234.567,89")]
    [InlineData("sr-Cyrl-RS", "22.11.2026.", "1.234.567,89")]
    public void The_preview_follows_the_choice(string format, string date, string number)
    {
        var page = Render();

        page.Find("#format").Change(format);

        var facts = page.FindAll("#preview-facts dd").Select(fact => fact.TextContent.Trim()).ToArray();
        Assert.Equal((number, date), (facts[0], facts[2]));
    }

    [Fact]
    public async Task A_choice_is_saved_without_losing_one_saved_meanwhile()
    {
        var page = Render();
        page.Find("#language").Change("ca");
        await page.Find("form").SubmitAsync();
        page.WaitForAssertion(() => Assert.Contains("Saved", page.Find(".alert-success").TextContent, StringComparison.Ordinal));
        Assert.Equal(new GeneralSettings("ca", null), await General.GetAsync(Cancel));

        var other = Render();
        page.Find("#format").Change("ca-ES");
        await page.Find("form").SubmitAsync();
        page.WaitForState(() => page.FindAll(".alert-success").Count == 1);
        other.Find("#language").Change("en");
        await other.Find("form").SubmitAsync();

        other.WaitForAssertion(() =>
            Assert.Contains("Someone else changed this", other.Find(".alert-danger").TextContent, StringComparison.Ordinal)
        );
        Assert.Equal(new GeneralSettings("ca", "ca-ES"), await General.GetAsync(Cancel));
    }

    [Theory]
    [InlineData(Role.Viewer)]
    [InlineData(Role.Operator)]
    [InlineData(Role.Contributor)]
    public async Task Only_administrators_save_settings(Role role)
    {
        await using var context = await PageContext.CreateAsync(role);
        var actor = await context.Ui.Services.GetRequiredService<CurrentActor>().GetAsync(Cancel);

        await Assert.ThrowsAsync<NotAllowedException>(() =>
            context.Ui.Services.GetRequiredService<General>().SaveAsync(actor, new("ca", null), new(null, null), Cancel)
        );
    }

    private IRenderedComponent<GeneralPage> Render()
    {
        var page = _context.Ui.Render<GeneralPage>();
        page.WaitForElement("form");
        return page;
    }
}
