using System.Text;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Drift;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>What a look at files in a store finds out about their columns, and what it reads for that.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class RemoteColumnTests
{
    private const int Large = 16_000_001;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SourceKind> Kinds => [SourceKind.S3, SourceKind.AzureBlob, SourceKind.Sftp];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_changed_column_of_the_newest_file_is_told_before_it_is_loaded(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/z.csv", "id,city,spent\n1,Bar,5\n");
        var draft = place.Draft();
        draft.Remote.Choice = RemoteChoice.Newest;
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel);

        var same = await LookAsync(store, source);
        await place.PutAsync("in/z.csv", "id,town,spent\n1,Bar,a lot\n2,Ulm,7\n");
        var changed = await LookAsync(store, source);
        await place.PutAsync("in/z.csv", "id,city,spent\n1,Bar,5\n3,Ulm,7\n44,Ulm,7\n");
        var back = await LookAsync(store, source);

        Assert.Null(same.Drift);
        Assert.Equal(
            [
                (ColumnChangeKind.Gone, "city", "town", false),
                (ColumnChangeKind.Retyped, "spent", null, false),
                (ColumnChangeKind.Added, "town", null, false),
            ],
            changed.Drift!.Changes.Select(change => (change.Kind, change.Column, change.PerhapsNow, change.IsLoaded))
        );
        Assert.Null(changed.ColumnsFault);
        Assert.Null(back.Drift);
        Assert.Equal(
            [source.StagingFile!],
            Directory.EnumerateFileSystemEntries(store.Staging).Select(path => Path.Combine("staging", Path.GetFileName(path)))
        );
    }

    [Fact]
    public async Task A_store_that_cannot_be_read_is_told_as_that()
    {
        await using var place = await RemotePlace.CreateAsync(SourceKind.S3);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id,city\n1,Bar\n");
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, place.Draft(), Cancel);
        await place.DeleteAsync("in/a.csv");

        Assert.Equal("Sources.NothingThere", (await LookAsync(store, source)).ColumnsFault!.Code);
    }

    [Fact]
    public async Task Nothing_is_downloaded_unless_the_file_has_changed_since_the_last_look()
    {
        var (content, downloads) = ("id,city\n1,Bar\n", 0);
        await using var s3 = new ScriptedStore(Answer);
        await using var store = await SourceStore.CreateAsync();
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, RemoteFaultTests.S3(s3.Address), Cancel);
        downloads = 0;

        await LookAsync(store, source);
        await LookAsync(store, source);
        var before = downloads;
        content = "id,town\n1,Bar\n2,Ulm\n";
        await LookAsync(store, source);
        var changed = await LookAsync(store, source);

        Assert.Equal((0, 1), (before, downloads));
        Assert.Equal(["city", "town"], changed.Drift!.Changes.Select(change => change.Column));

        byte[] Answer(string request)
        {
            if (!request.Contains("file.csv", StringComparison.Ordinal))
                return ScriptedStore.S3List("file.csv", content.Length);
            Interlocked.Increment(ref downloads);
            return ScriptedStore.Answer(200, Encoding.UTF8.GetBytes(content));
        }
    }

    [Fact]
    public async Task A_large_packed_file_is_not_downloaded_as_a_whole()
    {
        var content = Encoding.UTF8.GetBytes("id,city\n1,Bar\n");
        var downloads = 0;
        await using var s3 = new ScriptedStore(request =>
        {
            if (!request.Contains("file.csv", StringComparison.Ordinal))
                return ScriptedStore.S3List("file.csv", content.Length);
            Interlocked.Increment(ref downloads);
            return ScriptedStore.Answer(200, content);
        });
        await using var store = await SourceStore.CreateAsync();
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, RemoteFaultTests.S3(s3.Address), Cancel);
        content = new byte[Large];
        (content[0], content[1], downloads) = (0x1F, 0x8B, 0);

        await LookAsync(store, source);
        var looked = await LookAsync(store, source);

        // Its start says that no part of it can be read by itself. The next load reads it.
        Assert.Equal(1, downloads);
        Assert.Null(looked.ColumnsFault);
        Assert.Null(looked.Drift);
    }

    private static Task<Source> LookAsync(SourceStore store, Source source) =>
        store.Store.Get<SourceColumns>().CheckAsync(SourceStore.Administrator, source.Id, Cancel);
}
