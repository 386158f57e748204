using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Tests.Delivery;

namespace KlaviyoExport.Tests.Overview;

public class SearchQueriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_is_found_by_a_part_of_its_name_in_every_alphabet_without_regard_to_case()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("Продавница");
        var customers = await product.AddCustomersAsync("Продаја", Customer.Many(1));
        var export = await product.AddExportAsync("Билтен за ПРОДАЈУ", connection, customers);
        var run = await product.RunAsync(export);

        var found = await FindAsync(product, Product.Administrator, "прода");

        Assert.Equal(
            [
                (SearchKind.Export, $"{export}"),
                (SearchKind.Run, $"{run.Id}"),
                (SearchKind.Segment, $"{customers.Segment.Id}"),
                (SearchKind.Source, $"{customers.Source.Id}"),
                (SearchKind.Connection, $"{connection.Id}"),
            ],
            found
        );
        Assert.Equal([(SearchKind.Run, $"{run.Id}")], await FindAsync(product, Product.Administrator, $" #{run.Id} "));
        Assert.Empty(await FindAsync(product, Product.Administrator, "  "));
        Assert.Empty(await FindAsync(product, Product.Administrator, "%"));
    }

    [Fact]
    public async Task People_find_only_what_they_may_open()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("Same name");
        var customers = await product.AddCustomersAsync("Same name", Customer.Many(1));
        await product.AddExportAsync("Same name", connection, customers);

        foreach (var who in new[] { Product.Contributor, Product.Viewer })
            Assert.Equal([SearchKind.Export, SearchKind.Segment], (await FindAsync(product, who, "same")).Select(one => one.Kind));
        Assert.DoesNotContain(await FindAsync(product, Product.Viewer, Product.Contributor.Name), one => one.Kind == SearchKind.Person);
        Assert.Contains(
            await FindAsync(product, Product.Administrator, Product.Contributor.Name),
            one => one == (SearchKind.Person, Product.Contributor.Id)
        );
    }

    [Fact]
    public async Task The_run_with_the_number_comes_first_and_then_the_newest_of_the_found_exports()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("Shop");
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(1));
        var other = await product.RunAsync(await product.AddExportAsync("Other", connection, customers));
        // Its name is also the number of the other run.
        var export = await product.AddExportAsync($"Campaign {other.Id}", connection, customers);
        var (first, second) = ((await product.RunAsync(export)).Id, (await product.RunAsync(export)).Id);

        var found = await FindAsync(product, Product.Viewer, $"{other.Id}");

        Assert.Equal([$"{other.Id}", $"{second}", $"{first}"], found.Where(one => one.Kind == SearchKind.Run).Select(one => one.Id));
    }

    [Fact]
    public async Task Of_each_kind_the_first_are_found()
    {
        await using var product = await Product.CreateAsync();
        var connection = await product.AddConnectionAsync("Connection");
        var customers = await product.AddCustomersAsync("Customers", Customer.Many(1));
        for (var number = 1; number <= SearchQueries.Most + 1; number++)
            await product.AddExportAsync($"Export {number}", connection, customers);

        Assert.Equal(SearchQueries.Most, (await FindAsync(product, Product.Viewer, "export")).Count);
    }

    private static async Task<List<(SearchKind Kind, string Id)>> FindAsync(Product product, Actor actor, string text) =>
        [.. (await product.Get<SearchQueries>().FindAsync(actor, text, Cancel)).Select(result => (result.Kind, result.Id))];
}
