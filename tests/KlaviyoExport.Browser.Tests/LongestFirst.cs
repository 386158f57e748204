using Xunit.Sdk;
using Xunit.v3;

namespace KlaviyoExport.Browser.Tests;

/// <summary>The classes that take longest begin first, so that none of them runs alone at the end.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(LostCircuitTests),
        nameof(EveryPageTests),
        nameof(BehindProxyTests),
        nameof(PausedCircuitTests),
        nameof(RolesTests),
        nameof(ProviderSignInTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(PlaceOf)];

    private static int PlaceOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal))
            is var place
                and >= 0
            ? place
            : Longest.Length;
}
