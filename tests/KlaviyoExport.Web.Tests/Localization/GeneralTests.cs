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
    public async Task A_persons_language_has_priority_over_the_installations_and_that_over_the_browsers()
    {
        await KeepAsync(new("ca", null));
        Assert.Equal("Exportacions", await TitleAsync());

        (await _browser.SubmitAsync("/exports", "language", new() { ["language"] = "sr-Cyrl" })).Dispose();
        Assert.Equal("Извози", await TitleAsync());
    }

    [Theory]
    [InlineData(null, "en")]
    [InlineData("en-GB", "en-GB")]
    [InlineData("ca-ES", "ca-ES")]
    public async Task The_format_of_the_installation_is_for_people_who_chose_none(string? format, string seen)
    {
        await KeepAsync(new(null, format));

        Assert.Contains(LastStableDay.ToString("D", new CultureInfo(seen)), await AboutAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en-GB", "en", "en-GB")]
    [InlineData("ca-ES", "en", "en")]
    public async Task A_chosen_language_uses_its_own_formats_or_the_installations_if_that_has_the_same_language(
        string format,
        string chosen,
        string seen
    )
    {
        await KeepAsync(new(null, format));
        (await _browser.SubmitAsync("/exports", "language", new() { ["language"] = chosen })).Dispose();

        Assert.Contains(LastStableDay.ToString("D", new CultureInfo(seen)), await AboutAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_language_or_format_is_refused()
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
