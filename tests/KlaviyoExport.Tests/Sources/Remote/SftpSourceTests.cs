using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

[Trait(Needs.Trait, Needs.Server)]
public sealed class SftpSourceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_key_of_a_server_is_shown_and_must_be_confirmed_before_anything_is_sent()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        var draft = place.Draft();
        draft.Remote.HostKey = null;

        var asked = await store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel);
        var refused = await SourceStore.RefusalAsync(() => store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel));
        draft.Remote.HostKey = asked.HostKey;
        var confirmed = await store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel);

        Assert.Equal(RemotePlace.HostKey(TestStores.Find().Sftp), asked.HostKey);
        Assert.Empty(asked.Fields);
        Assert.StartsWith("Test the connection", refused, StringComparison.Ordinal);
        Assert.Equal((null, 1L), (confirmed.HostKey, confirmed.Remote!.Count));
    }

    [Fact]
    public async Task A_server_with_another_key_is_refused()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await using var store = await SourceStore.CreateAsync();
        var draft = place.Draft();
        var real = draft.Remote.HostKey!;
        draft.Remote.HostKey = "SHA256:" + new string('A', 43);

        var refused = await Assert.ThrowsAsync<SourceException>(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));

        Assert.Equal(
            (new LocalizedMessage("Sources.HostKeyChanged", "127.0.0.1", real, draft.Remote.HostKey), false),
            (refused.LocalizedMessage, refused.Fault.IsTransient)
        );
    }

    [Theory]
    [InlineData("stranger", null, "Sources.PrivateKeyRefused")]
    [InlineData("locked", null, "Sources.PassphraseNeeded")]
    [InlineData("locked", "open", "Sources.PassphraseWrong")]
    [InlineData("locked", "open sesame", null)]
    [InlineData("host.pub", null, "Sources.PrivateKeyInvalid")]
    public async Task Private_keys_and_passphrases_are_checked(string key, string? passphrase, string? fault)
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        var draft = place.Draft();
        draft.Password = await File.ReadAllTextAsync(Path.Combine(TestStores.Find().Sftp.Keys, key), Cancel);
        draft.Passphrase = passphrase;

        if (fault is null)
        {
            var source = await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel);
            Assert.Equal(1, (await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel)).RowCount);
            return;
        }
        var refused = await Assert.ThrowsAsync<SourceException>(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));
        Assert.Equal((fault, false), (refused.LocalizedMessage.Code, refused.Fault.IsTransient));
    }

    [Fact]
    public async Task A_password_that_the_server_does_not_accept_is_refused()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await using var store = await SourceStore.CreateAsync();
        var draft = place.Draft();
        (draft.Remote.SignIn, draft.Password) = (RemoteSignIn.Password, "wrong");

        var refused = await Assert.ThrowsAsync<SourceException>(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));

        Assert.Equal(new LocalizedMessage("Sources.LoginRefused", "127.0.0.1", draft.Remote.User), refused.LocalizedMessage);
    }

    [Fact]
    public async Task The_newest_file_is_read_and_a_newer_one_replaces_it()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await using var store = await SourceStore.CreateAsync();
        var draft = place.Draft();
        draft.Remote.Choice = RemoteChoice.Newest;
        await place.PutAsync("in/a.csv", "id\n1\n2\n");
        await place.PutAsync("in/b.csv", "id\n1\n");
        File.SetLastWriteTimeUtc(Path.Combine(draft.Remote.Folder!, "b.csv"), DateTime.UtcNow.AddDays(-1));

        var source = await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel);
        File.SetLastWriteTimeUtc(Path.Combine(draft.Remote.Folder!, "b.csv"), DateTime.UtcNow.AddDays(1));
        var newer = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

        Assert.Equal((2, 1), (source.RowCount, newer.RowCount));
    }

    [Fact]
    public async Task One_file_can_be_the_source()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.Sftp);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        await place.PutAsync("in/b.csv", "id\n1\n2\n");
        var draft = place.Draft();
        draft.Remote.Folder += "/b.csv";

        Assert.Equal(2, (await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel)).RowCount);
    }
}
