using System.Globalization;
using Bunit;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Localization;
using KlaviyoExport.Web.Pages.Help;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Web.Tests.Components;

/// <summary>Renders components with the product's texts and a fixed clock.</summary>
internal sealed class UiContext : BunitContext
{
    private readonly (CultureInfo Format, CultureInfo Texts) _before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);

    /// <param name="language">Of the reader.</param>
    /// <param name="clock">In place of <see cref="Clock"/>.</param>
    public UiContext(string language = "en", TimeProvider? clock = null)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = new CultureInfo(language);
        Services.AddLogging(logging => logging.AddProvider(Logs));
        Services.AddTexts();
        Services.AddSingleton(clock ?? Clock);
        Services.AddSingleton<HelpLibrary>();
        Services.AddSingleton<IHostApplicationLifetime, ApplicationLifetime>();
    }

    public TestClock Clock { get; } = new();

    public LogCapture Logs { get; } = new();

    protected override void Dispose(bool disposing)
    {
        (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = _before;
        base.Dispose(disposing);
    }
}
