using System.Runtime.CompilerServices;
using KlaviyoExport.Browser.Tests;
using Microsoft.Playwright;

// One demonstration serves every journey that changes nothing for the others; those that break Klaviyo start their own.
[assembly: AssemblyFixture(typeof(DemoApp))]

namespace KlaviyoExport.Browser.Tests;

internal static class TestAssembly
{
    /// <summary>How long a page may take to show what it must: much longer than on a quiet machine.</summary>
    [ModuleInitializer]
    internal static void BePatient() => Assertions.SetDefaultExpectTimeout(30_000);
}
