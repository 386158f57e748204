using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Sources;

public sealed class LikelyKeyTests
{
    [Theory]
    [InlineData("name,customer_id\nAna,1\nBen,2\n", "customer_id")]
    [InlineData("email,code\na@x.example,A-1\nb@x.example,A-2\n", "code")]
    [InlineData("name,email\nAna,a@x.example\nBen,b@x.example\n", "email")]
    [InlineData("name,city\nAna,Niš\nBen,Niš\n", "name")]
    [InlineData("store_id,number,city\n1,1,Niš\n1,2,Niš\n2,1,Niš\n", "store_id,number")]
    [InlineData("city,customer_id,store_key\nNiš,1,1\nNiš,1,2\nBor,2,1\n", "customer_id,store_key")]
    [InlineData("city,name\nNiš,Ana\nNiš,Ben\nBor,Ana\n", "")]
    [InlineData("id,number\n1,\n1,2\n", "")]
    public async Task The_key_is_guessed_from_the_first_rows(string rows, string key)
    {
        await using var store = await SourceStore.CreateAsync();

        var preview = await store.Sources.TestAsync(
            SourceStore.Administrator,
            new SourceDraft { Location = store.Write("customers.csv", rows) },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(key, string.Join(',', preview.LikelyKey));
    }

    [Fact]
    public async Task Fields_with_addresses_are_named()
    {
        await using var store = await SourceStore.CreateAsync();

        var preview = await store.Sources.TestAsync(
            SourceStore.Administrator,
            new SourceDraft { Location = store.Write("customers.csv", "id,email,note\n1,Ana <a@x.example>,a@x.example\n2,,no address\n") },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(["email"], preview.Addresses);
    }
}
