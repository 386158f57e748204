using System.Runtime.CompilerServices;
using Bunit;

namespace KlaviyoExport.Web.Tests;

internal static class TestAssembly
{
    /// <summary>The time-out of an expectation, long enough for a busy machine. bUnit gives it a second.</summary>
    [ModuleInitializer]
    internal static void BePatient() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);
}
