using System.Runtime.CompilerServices;
using KlaviyoExport.Data;
using KlaviyoExport.Tests;
using KlaviyoExport.Tests.Cluster;
using KlaviyoExport.Tests.Data;
using KlaviyoExport.Tests.Delivery;
using KlaviyoExport.Tests.Segments;

[assembly: TestCollectionOrderer(typeof(LongOnesFirst))]

namespace KlaviyoExport.Tests;

internal static class TestAssembly
{
    /// <summary>The files of the tests belong to their owner alone, as those of the application do.</summary>
    [ModuleInitializer]
    internal static void BePrivate() => PrivateFiles.Begin();
}

/// <inheritdoc/>
public sealed class LongOnesFirst()
    : LongestFirst(nameof(KillTests), nameof(ClusterTests), nameof(EveryKindTests), nameof(DrainTests), nameof(RefreshOnPostgreSql));
