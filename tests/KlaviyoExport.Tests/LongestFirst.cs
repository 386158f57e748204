using Xunit.Sdk;
using Xunit.v3;

namespace KlaviyoExport.Tests;

/// <summary>The classes that take longest begin first, so that none of them runs alone at the end.</summary>
/// <param name="longest">The names of the classes.</param>
public abstract class LongestFirst(params string[] longest) : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(PlaceOf)];

    private int PlaceOf<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        Array.FindIndex(longest, name => collection.TestCollectionDisplayName.Contains('.' + name, StringComparison.Ordinal))
            is var place
                and >= 0
            ? place
            : longest.Length;
}
