using System.IO.Compression;
using System.Text;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>What files in S3, Azure Blob Storage and on SFTP servers have in common.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class RemoteSourceTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SourceKind> Kinds => [SourceKind.S3, SourceKind.AzureBlob, SourceKind.Sftp];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task All_files_of_a_folder_are_loaded_and_nothing_of_them_stays_on_disk(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/b.csv.gz", Gzip("id,email\n3,c@x.example\n"));
        await place.PutAsync("in/a b č.csv", "id,email\n1,a@x.example\n2,b@x.example\n");
        await place.PutAsync("in/_SUCCESS", "");
        await place.PutAsync("in/notes.pdf", "no");
        await place.PutAsync("other/d.csv", "id,email\n4,d@x.example\n");

        var source = await store.Sources.SaveAsync(SourceStore.Administrator, place.Draft(), Cancel);

        Assert.Equal(["1", "2", "3"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
        Assert.Equal(["a b č.csv", "b.csv.gz"], source.RemoteLoad!.Files.Select(file => file.LastPart));
        Assert.Equal(
            [source.StagingFile!],
            Directory.EnumerateFileSystemEntries(store.Staging).Select(path => Path.Combine("staging", Path.GetFileName(path)))
        );
        Assert.DoesNotContain(place.Draft().Password!, Encoding.Latin1.GetString(source.Password!), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_test_shows_the_files_and_the_first_rows_and_stores_nothing(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id,email\n1,a@x.example\n");
        await place.PutAsync("in/b.csv", "id,email\n2,b@x.example\n");
        await place.PutAsync("in/b.json", "{}");
        var draft = place.Draft();
        (draft.Remote.Choice, draft.Remote.Pattern) = (RemoteChoice.All, "?.CSV");

        var preview = await store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel);

        Assert.Equal(2, preview.Remote!.Count);
        Assert.Equal(["a.csv", "b.csv"], preview.Remote.Read.Select(file => file.LastPart));
        Assert.All(preview.Remote.Newest, file => Assert.Equal(23, file.Size));
        Assert.All(
            preview.Remote.Newest,
            file => Assert.InRange(file.ChangedAt, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5))
        );
        Assert.Equal(["1", "a@x.example"], preview.Rows.Single());
        Assert.Empty(Directory.Exists(store.Staging) ? Directory.EnumerateFileSystemEntries(store.Staging) : []);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Unchanged_files_are_not_read_again_and_changed_ones_are(SourceKind kind)
    {
        var clock = new TestClock(DateTimeOffset.UtcNow);
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync(clock);
        await place.PutAsync("in/a.csv", "id,email\n1,a@x.example\n");
        var first = await store.Sources.SaveAsync(SourceStore.Administrator, place.Draft(), Cancel);
        clock.Advance(TimeSpan.FromHours(1));

        var same = await store.Sources.LoadAsync(SourceStore.Administrator, first.Id, Cancel);
        await place.PutAsync("in/a.csv", "id,email\n1,a@x.example\n22,b@x.example\n");
        var changed = await store.Sources.LoadAsync(SourceStore.Administrator, first.Id, Cancel);
        await place.PutAsync("in/b.csv", "id,email\n3,c@x.example\n");
        var more = await store.Sources.LoadAsync(SourceStore.Administrator, first.Id, Cancel);
        await place.DeleteAsync("in/b.csv");
        var fewer = await store.Sources.LoadAsync(SourceStore.Administrator, first.Id, Cancel);

        Assert.Equal((first.StagingFile, first.LoadedAt, clock.GetUtcNow()), (same.StagingFile, same.LoadedAt, same.RemoteLoad!.CheckedAt));
        Assert.Null(changed.RemoteLoad!.CheckedAt);
        Assert.Equal((2, 3, 2), (changed.RowCount, more.RowCount, fewer.RowCount));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_lost_staging_file_and_another_way_to_read_load_unchanged_files_again(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id,mail\n1,a@x.example\n2,b@x.example\n");
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, place.Draft(), Cancel);
        File.Delete(Path.Combine(store.Staging, Path.GetFileName(source.StagingFile!)));

        var again = await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);
        var draft = SourceDraft.Of(again);
        draft.KeyColumns = ["mail"];
        var other = await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel);

        Assert.Null(again.RemoteLoad!.CheckedAt);
        Assert.Equal(["a@x.example", "b@x.example"], (await store.ReadAllAsync(other)).Select(profile => profile.Key));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_file_that_changes_after_it_was_listed_is_refused(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        var draft = place.Draft();
        var files = draft.Remote.Checked(kind);
        await using var opened = store.Store.Get<RemoteStores>().Open(kind, files, draft.Password!, "x");
        var reading = new RemoteReading(opened, "x", TimeSpan.FromSeconds(30));
        await reading.ConnectAsync(Cancel);
        var found = await reading.ListAsync(files, "x", Cancel);
        using var copies = new RemoteFetch(reading, Path.Combine(store.Root, "copies"), store.Store.Get<DataDisk>());

        await place.PutAsync("in/a.csv", "id\n1\n2\n");
        var changed = await Assert.ThrowsAsync<SourceException>(() => copies.CopyAsync(found.Read, 1_000, Cancel));
        await place.DeleteAsync("in/a.csv");
        var gone = await Assert.ThrowsAsync<SourceException>(() => copies.CopyAsync(found.Read, 1_000, Cancel));

        Assert.Equal((SourceFaultKind.ChangedWhileRead, true), (changed.Fault.Kind, changed.Fault.IsTransient));
        Assert.Equal(SourceFaultKind.ChangedWhileRead, gone.Fault.Kind);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Missing_places_and_files_are_named(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.pdf", "x");

        Assert.Contains("but no name matches", await RefusalAsync(_ => { }), StringComparison.Ordinal);
        Assert.Contains(
            kind == SourceKind.Sftp ? "has no folder" : "There are no files in",
            await RefusalAsync(draft => draft.Remote.Folder += "nothing"),
            StringComparison.Ordinal
        );
        if (kind != SourceKind.Sftp)
            Assert.StartsWith(
                "There is no ",
                await RefusalAsync(draft => draft.Remote.Container = "no-such-one"),
                StringComparison.Ordinal
            );

        Task<string> RefusalAsync(Action<SourceDraft> change)
        {
            var draft = place.Draft();
            change(draft);
            return SourceStore.RefusalAsync(() => store.Sources.TestAsync(SourceStore.Administrator, draft, Cancel));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_secret_is_kept_for_other_folders_and_asked_again_for_another_server(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", "id\n1\n");
        await place.PutAsync("in/b.csv", "id\n1\n2\n");
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, place.Draft(), Cancel);

        var narrower = SourceDraft.Of(source);
        narrower.Remote.Pattern = "b*";
        var kept = await store.Sources.SaveAsync(SourceStore.Administrator, narrower, Cancel);
        var elsewhere = SourceDraft.Of(kept);
        if (kind == SourceKind.Sftp)
            elsewhere.Remote.Host = "elsewhere.example";
        else
            elsewhere.Remote.Endpoint = "https://elsewhere.example";

        Assert.Equal(2, kept.RowCount);
        Assert.True(elsewhere.NeedsSecret(kept.Remote));
        Assert.StartsWith(
            "Enter the secret again",
            await SourceStore.RefusalAsync(() => store.Sources.TestAsync(SourceStore.Administrator, elsewhere, Cancel)),
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "Enter the secret again",
            await SourceStore.RefusalAsync(() => store.Sources.SaveAsync(SourceStore.Administrator, elsewhere, Cancel)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_Parquet_file_is_read_from_a_store(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.parquet", await File.ReadAllBytesAsync(MadeElsewhere.PathOf("duckdb-snappy.parquet"), Cancel));

        var source = await store.Sources.SaveAsync(SourceStore.Administrator, place.Draft(), Cancel);

        Assert.Equal(["a1", "a2", "a3"], (await store.ReadAllAsync(source)).Select(profile => profile.Key));
    }

    [Fact]
    public async Task Copies_that_a_crash_has_left_are_deleted_at_start()
    {
        await using var store = await SourceStore.CreateAsync();
        var left = Directory.CreateDirectory(Path.Combine(store.Staging, "x.db" + RemoteLoader.Ending, "0"));
        await File.WriteAllTextAsync(Path.Combine(left.FullName, "a.csv"), "id\n1\n", Cancel);

        await store.Store.Get<SourceFiles>().StartAsync(Cancel);

        Assert.Empty(Directory.EnumerateFileSystemEntries(store.Staging));
    }

    private static byte[] Gzip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }
}
