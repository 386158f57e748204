using System.Runtime.CompilerServices;
using KlaviyoExport.Data;

namespace KlaviyoExport.Tests;

internal static class TestAssembly
{
    /// <summary>The files of the tests belong to their owner alone, as those of the application do.</summary>
    [ModuleInitializer]
    internal static void BePrivate() => PrivateFiles.Begin();
}
