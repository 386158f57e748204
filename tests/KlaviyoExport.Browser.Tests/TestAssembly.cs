using System.Runtime.CompilerServices;
using KlaviyoExport.Browser.Tests;
using KlaviyoExport.Tests;
using Microsoft.Playwright;

// The tests share one demo, unless they change what others see, and one browser.
[assembly: AssemblyFixture(typeof(DemoApp))]
[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: TestCollectionOrderer(typeof(LongOnesFirst))]

namespace KlaviyoExport.Browser.Tests;

internal static class TestAssembly
{
    /// <summary>The time-out of an expectation, long enough for a busy machine.</summary>
    [ModuleInitializer]
    internal static void BePatient() => Assertions.SetDefaultExpectTimeout(30_000);
}

/// <inheritdoc/>
public sealed class LongOnesFirst()
    : LongestFirst(
        nameof(Guides.GuideTests),
        nameof(LostCircuitTests),
        nameof(EveryPageTests),
        nameof(PausedCircuitTests),
        nameof(RolesTests),
        nameof(ProviderSignInTests),
        nameof(BehindProxyTests)
    );
