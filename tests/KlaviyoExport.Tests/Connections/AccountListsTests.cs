using System.Globalization;
using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Overview;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

public sealed class AccountListsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_lists_of_the_account_are_offered_and_not_only_the_first_page() =>
        await UsingAsync(async product =>
        {
            var connection = await product.AddConnectionAsync();

            var lists = await product.Get<AccountLists>().AllAsync(Product.Contributor, connection.Id, Cancel);

            Assert.Equal(
                PracticeStore.Seed.Lists.Select(list => list.Id).Order(StringComparer.Ordinal),
                lists.Select(list => list.Id).Order(StringComparer.Ordinal)
            );
            Assert.Equal(OptInProcess.DoubleOptIn, lists.Single(list => list.Id == PracticeStore.DoubleOptInList).OptIn);
        });

    [Theory]
    [InlineData("NoSuch")]
    [InlineData("../accounts")]
    [InlineData("a?b=c")]
    public async Task A_list_the_account_does_not_have_is_named(string listId) =>
        await UsingAsync(async product =>
        {
            var connection = await product.AddConnectionAsync();

            var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
                product.Get<AccountLists>().OneAsync(Product.Contributor, connection.Id, listId, Cancel)
            );

            Assert.Equal(new LocalizedMessage("Klaviyo.ListNotFound", listId), refused.LocalizedMessage);
        });

    [Fact]
    public async Task A_key_that_cannot_be_decrypted_is_asked_for_again_and_the_page_works() =>
        await UsingAsync(async product =>
        {
            var connection = await product.AddConnectionAsync();
            await using (var db = await product.OpenAsync())
                await db.Set<Connection>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ApiKey, new byte[] { 1, 2, 3 }), Cancel);

            var refused = await Assert.ThrowsAnyAsync<LocalizedException>(() =>
                product.Get<AccountLists>().AllAsync(Product.Administrator, connection.Id, Cancel)
            );

            Assert.Equal("Connections.KeyUnreadable", refused.LocalizedMessage.Code);
            foreach (var culture in new[] { "en", "sr-Cyrl", "ca" })
                Assert.NotEmpty(refused.LocalizedMessage.In(CultureInfo.GetCultureInfo(culture)));
        });

    [Fact]
    public async Task Choosing_a_list_counts_as_a_successful_call_and_clears_the_last_error() =>
        await UsingAsync(async product =>
        {
            var connection = await product.AddConnectionAsync();
            product.Sandbox.Faults.Add(new Fault(FaultKind.Status) { Status = 401, Times = 1 });

            await Assert.ThrowsAnyAsync<LocalizedException>(() =>
                product.Get<AccountLists>().AllAsync(Product.Administrator, connection.Id, Cancel)
            );
            Assert.Equal("Klaviyo.KeyRefused", (await HealthAsync(product)).LastError?.Code);
            await product.Get<AccountLists>().AllAsync(Product.Administrator, connection.Id, Cancel);

            var row = await HealthAsync(product);
            Assert.NotNull(row.LastSuccessAt);
            Assert.Null(row.LastError);
        });

    [Fact]
    public async Task A_missing_list_is_not_an_error_of_the_connection() =>
        await UsingAsync(async product =>
        {
            var connection = await product.AddConnectionAsync();

            await Assert.ThrowsAnyAsync<LocalizedException>(() =>
                product.Get<AccountLists>().OneAsync(Product.Administrator, connection.Id, "NoSuch", Cancel)
            );

            Assert.Null((await HealthAsync(product)).LastError);
        });

    private static async Task<ConnectionRow> HealthAsync(Product product) =>
        Assert.Single(await product.Get<ConnectionQueries>().ListAsync(Product.Administrator, Cancel));

    private static async Task UsingAsync(Func<Product, Task> test)
    {
        await using var product = await Product.CreateAsync();
        await test(product);
    }
}
