using System.Runtime.CompilerServices;
using Bunit;
using KlaviyoExport.Data;

namespace KlaviyoExport.Web.Tests;

internal static class TestAssembly
{
    /// <summary>The time-out of an expectation, long enough for a busy machine. bUnit gives it a second.</summary>
    [ModuleInitializer]
    internal static void BePatient() => BunitContext.DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The files of the tests belong to their owner alone, as those of the application do.</summary>
    [ModuleInitializer]
    internal static void BePrivate() => PrivateFiles.Begin();
}
