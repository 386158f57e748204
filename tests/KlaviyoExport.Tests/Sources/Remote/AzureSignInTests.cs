using Azure.Storage;
using Azure.Storage.Sas;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>A shared access signature signs in to Azurite, as the Azure portal makes it, with or without the question mark.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class AzureSignInTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    public async Task A_signature_with_read_and_list_loads_the_files_again_and_again(string mark)
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.AzureBlob);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, Draft(place, mark, "rl"), Cancel);
        await place.PutAsync("in/b.csv", "id\n2\n");

        Assert.Equal(2, (await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel)).RowCount);
    }

    [Theory]
    [InlineData("rl", -1, false)]
    [InlineData("rl", 1, true)]
    [InlineData("r", 1, false)]
    [InlineData("l", 1, false)]
    public async Task A_signature_that_does_not_suffice_is_told(string permissions, int hours, bool isForged)
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.AzureBlob);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        var draft = Draft(place, "", permissions, hours);
        if (isForged)
            draft.Password = draft.Password!.Replace("sp=rl", "sp=rwl", StringComparison.Ordinal);

        var refused = await Assert.ThrowsAsync<SourceException>(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));

        // Azurite has one answer for all of them. For the answers of Azure see RemoteFaultTests.
        Assert.Equal(
            (new LocalizedMessage("Sources.ContainerDenied", draft.Remote.Container!), false),
            (refused.LocalizedMessage, refused.Fault.IsTransient)
        );
        Assert.Contains("with read and list that has not expired", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sig=", refused.Message, StringComparison.Ordinal);
    }

    private static SourceDraft Draft(RemotePlace place, string mark, string permissions, int hours = 1)
    {
        var draft = place.Draft();
        var signature = new BlobSasBuilder
        {
            BlobContainerName = draft.Remote.Container,
            Resource = "c",
            StartsOn = DateTimeOffset.UtcNow.AddHours(-2),
            ExpiresOn = DateTimeOffset.UtcNow.AddHours(hours),
        };
        signature.SetPermissions(permissions);
        var key = new StorageSharedKeyCredential("devstoreaccount1", draft.Password);
        draft.Password = mark + signature.ToSasQueryParameters(key);
        draft.Remote.SignIn = RemoteSignIn.SharedAccessSignature;
        return draft;
    }
}
