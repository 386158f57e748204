using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Overview;
using KlaviyoExport.People;

namespace KlaviyoExport.Tests.Overview;

public class ConnectionUseQueriesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task People_see_the_connections_that_they_may_use_for_exports()
    {
        await using var product = await Product.CreateAsync();
        await product.AddConnectionAsync("Shared");
        await product.AddConnectionAsync("Closed", Sharing.Administrators);

        Assert.Equal(["Closed", "Shared"], await NamesAsync(product, Product.Administrator));
        Assert.Equal(["Shared"], await NamesAsync(product, Product.Contributor));
        Assert.Empty(await NamesAsync(product, Product.Operator));
        Assert.Empty(await NamesAsync(product, Product.Viewer));
    }

    [Fact]
    public async Task The_busiest_connection_and_the_most_used_limit_come_first_until_a_minute_has_passed()
    {
        var clock = new TestClock();
        await using var product = await Product.CreateAsync(clock);
        await product.AddConnectionAsync("Idle", accountId: "Idle01");
        await product.AddConnectionAsync("Used", accountId: "Used01");
        await CallAsync(product, KlaviyoEndpoint.BulkImportProfiles, 3);
        await CallAsync(product, KlaviyoEndpoint.GetAccounts, 1);

        var uses = await ListAsync(product, Product.Administrator);

        Assert.Equal(["Used", "Idle"], uses.Select(use => use.Name));
        Assert.Equal(
            [new LimitUse("get_accounts", 1, 0, 15, false, false), new LimitUse("bulk_import_profiles", 3, 0, 150, false, false)],
            uses[0].Limits
        );
        Assert.Empty(uses[1].Limits);

        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.All(await ListAsync(product, Product.Administrator), use => Assert.Empty(use.Limits));
    }

    [Fact]
    public async Task No_more_connections_than_asked_for_are_returned()
    {
        await using var product = await Product.CreateAsync();
        foreach (var name in new[] { "C", "B", "A" })
            await product.AddConnectionAsync(name);

        Assert.Equal(
            ["A", "B"],
            (await product.Get<ConnectionUseQueries>().ListAsync(Product.Administrator, 2, Cancel)).Select(use => use.Name)
        );
    }

    private static async Task CallAsync(Product product, KlaviyoEndpoint endpoint, int times)
    {
        var limiter = product.Get<KlaviyoRateLimits>().For(KlaviyoCredential.FromPrivateKey("key", "Used01"), endpoint);
        for (var call = 0; call < times; call++)
            limiter.Ended(await limiter.EnterAsync(Cancel), isAnswered: true, null);
    }

    private static async Task<IEnumerable<string>> NamesAsync(Product product, Actor actor) =>
        (await ListAsync(product, actor)).Select(use => use.Name);

    private static Task<IReadOnlyList<ConnectionUse>> ListAsync(Product product, Actor actor) =>
        product.Get<ConnectionUseQueries>().ListAsync(actor, 10, Cancel);
}
