using System.Globalization;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace KlaviyoExport.Browser.Tests;

/// <summary>What moves on a page without the person's doing, as the browser measures it (Layout Instability API).</summary>
internal static class LayoutShifts
{
    /// <summary>Less is not noticed. The header moves by about .002 when the browser draws it before all of it has arrived.</summary>
    private const double Noticed = .005;

    /// <summary>Describes what moves at once: a circuit that connects replaces the elements.</summary>
    private const string Watch = """
        globalThis.shifts = [];
        new PerformanceObserver(list => {
            for (const { value, sources, hadRecentInput } of list.getEntries()) {
                const node = sources[0]?.node, element = node instanceof Element ? node : node?.parentElement;
                const moved = `${element?.tagName} ${element?.className} ${element?.textContent.trim().slice(0, 30)}`;
                if (!hadRecentInput) shifts.push({ value, moved });
            }
        }).observe({ type: 'layout-shift', buffered: true });
        """;

    /// <summary>Waits for two frames, in which the browser tells the last shifts.</summary>
    private const string Read =
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(shifts)))))";

    /// <summary>Watches the pages that are opened from now on.</summary>
    public static Task WatchShiftsAsync(this IPage page) => page.AddInitScriptAsync(Watch);

    /// <summary>Waits until everything has arrived on the page.</summary>
    /// <returns>What has moved since the page was opened. Empty when it is not noticed.</returns>
    public static async Task<IReadOnlyList<string>> ShiftsAsync(this IPage page)
    {
        await Expect(page.Locator("main .skeleton, main [aria-busy=true]")).ToHaveCountAsync(0);
        var shifts = await page.EvaluateAsync<Shift[]>(Read);
        return shifts.Sum(shift => shift.Value) < Noticed
            ? []
            : [.. shifts.Select(shift => $"{shift.Value.ToString("0.0000", CultureInfo.InvariantCulture)} {shift.Moved}")];
    }

    private sealed class Shift
    {
        public double Value { get; set; }

        public string Moved { get; set; } = "";
    }
}
