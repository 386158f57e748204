using System.Globalization;
using KlaviyoExport.People;
using KlaviyoExport.Web.Localization;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>The language and formats of the installation, and whom they apply to.</summary>
public sealed class GeneralTests : IAsyncLifetime
{
    /// <summary>The date of the revision with which the application is started.</summary>
    private static readonly DateOnly LastStableDay = new(2027, 7, 14);

    private TestApp _app = default!;
    private Browser _browser = default!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.StartWithPeopleAsync("--Klaviyo:Revision=2026-07-15");
        _browser = await _app.SignInAsync(Role.Viewer);
        _browser.Http.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en-US");
    }

    public ValueTask DisposeAsync()
    {
        _browser.Dispose();
        return _app.DisposeAsync();
    }

    [Fact]
    public async Task The_installation_s_language_comes_before_the_browser_s_and_the_person_s_before_both()
    {
        await KeepAsync(new("ca", null));
        Assert.Equal("Exportacions", await TitleAsync());

        (await _browser.SubmitAsync("/exports", "/language", new() { ["language"] = "sr-Cyrl" })).Dispose();
        Assert.Equal("Извози", await TitleAsync());
    }

    [Theory]
    [InlineData(null, "en")]
    [InlineData("en-GB", "en-GB")]
    [InlineData("ca-ES", "ca-ES")]
    public async Task The_installation_s_format_is_for_whoever_chose_nothing(string? format, string seen)
    {
        await KeepAsync(new(null, format));

        Assert.Contains(LastStableDay.ToString("D", new CultureInfo(seen)), await AboutAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en-GB", "en", "en-GB")]
    [InlineData("ca-ES", "en", "en")]
    public async Task Whoever_chose_a_language_gets_its_formats_and_the_installation_s_where_it_is_the_same_language(
        string format,
        string chosen,
        string seen
    )
    {
        await KeepAsync(new(null, format));
        (await _browser.SubmitAsync("/exports", "/language", new() { ["language"] = chosen })).Dispose();

        Assert.Contains(LastStableDay.ToString("D", new CultureInfo(seen)), await AboutAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_language_or_format_of_the_product_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => KeepAsync(new("xx", null)));
        await Assert.ThrowsAsync<ArgumentException>(() => KeepAsync(new(null, "ja-JP")));
    }

    private async Task KeepAsync(GeneralSettings settings)
    {
        var general = _app.Services.GetRequiredService<General>();
        await general.SaveAsync(await _app.ActorAsync(Role.Administrator), settings, await general.GetAsync(Cancel), Cancel);
    }

    private async Task<string> TitleAsync() => (await _browser.ReadAsync("/exports")).QuerySelector("h1")!.TextContent;

    private async Task<string> AboutAsync() => (await _browser.ReadAsync("/system/about")).QuerySelector("main")!.TextContent;
}
