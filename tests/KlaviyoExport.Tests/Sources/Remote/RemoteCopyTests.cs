using System.Text;
using KlaviyoExport.Sources;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>A copy that does not come to its end leaves nothing on the disk, and the load before stays in use.</summary>
[Trait(Needs.Trait, Needs.Server)]
public sealed class RemoteCopyTests
{
    /// <summary>More than a listing has, and much less than the file.</summary>
    private const long Limit = 200_000;

    private static readonly byte[] Large = Encoding.UTF8.GetBytes(
        "id\n" + string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i:D7}\n"))
    );

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SourceKind> Kinds => [SourceKind.S3, SourceKind.AzureBlob, SourceKind.Sftp];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_connection_that_breaks_at_each_attempt_makes_no_shorter_load(SourceKind kind)
    {
        await using var loaded = await Loaded.CreateAsync(kind);
        var (store, source, relay) = (loaded.Store, loaded.Source, loaded.Relay);
        relay.Limit = Limit;

        var broken = await Assert.ThrowsAsync<SourceException>(() => store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel));

        Assert.Equal((new LocalizedMessage("Sources.ServerGone", "Customers"), true), (broken.LocalizedMessage, broken.Fault.IsTransient));
        Assert.InRange(relay.Stops, 3, 20);
        await IsAsBeforeAsync(store, source, "The connection to Customers broke while it was being read. Try again.");

        relay.Limit = null;
        Assert.Equal(300_000, (await store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel)).RowCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_load_that_is_canceled_while_it_copies_changes_nothing(SourceKind kind)
    {
        await using var loaded = await Loaded.CreateAsync(kind);
        var (store, source, relay) = (loaded.Store, loaded.Source, loaded.Relay);
        (relay.Limit, relay.StaysSilent) = (Limit, true);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);

        var loading = store.Sources.LoadAsync(SourceStore.Administrator, source.Id, cancel.Token);
        await Patience.UntilAsync(() => relay.Stops > 0 && CopiesIn(store).Any(copy => copy.Length > 0));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loading);

        await IsAsBeforeAsync(store, source, error: null);
    }

    [Fact]
    public async Task A_disk_without_room_for_the_files_leaves_the_load_before_in_use()
    {
        var (size, content) = (7L, "id\n1\n2\n"u8.ToArray());
        await using var s3 = new ScriptedStore(request =>
            request.Contains("list-type", StringComparison.Ordinal)
                ? ScriptedStore.S3List("a.csv", size)
                : ScriptedStore.Answer(200, content)
        );
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Sources:MaxUnpackedBytes"] = "1000000000000000" });
        var source = await store.Sources.SaveAsync(SourceStore.Administrator, RemoteFaultTests.S3(s3.Address), Cancel);
        size = 100_000_000_000_000;

        var full = await Assert.ThrowsAsync<SourceException>(() => store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel));

        Assert.Equal(("Sources.DiskTooSmall", true), (full.LocalizedMessage.Code, full.Fault.IsTransient));
        Assert.EndsWith("Free some space, then load again.", full.Message, StringComparison.Ordinal);
        await IsAsBeforeAsync(store, source, full.Message);
    }

    private static IEnumerable<FileInfo> CopiesIn(SourceStore store) =>
        new DirectoryInfo(store.Staging).EnumerateFiles("*.csv", SearchOption.AllDirectories);

    private static async Task IsAsBeforeAsync(SourceStore store, Source before, string? error)
    {
        await using var db = await store.Store.OpenAsync();
        var now = await db.Set<Source>().AsNoTracking().SingleAsync(Cancel);

        Assert.Equal((before.StagingFile, before.RemoteLoad!.Fingerprint), (now.StagingFile, now.RemoteLoad!.Fingerprint));
        Assert.Equal(error, now.LastError?.ToString());
        Assert.Equal(["1", "2"], (await store.ReadAllAsync(now)).Select(profile => profile.Key));
        Assert.Equal([Path.GetFileName(now.StagingFile!)], Directory.EnumerateFileSystemEntries(store.Staging).Select(Path.GetFileName));
    }

    /// <summary>A source that was loaded once, through a relay, and whose file is large since.</summary>
    private sealed class Loaded(RemotePlace place, SourceStore store, CuttingRelay relay, Source source) : IAsyncDisposable
    {
        public SourceStore Store => store;

        public CuttingRelay Relay => relay;

        public Source Source => source;

        public static async Task<Loaded> CreateAsync(SourceKind kind)
        {
            var place = await RemotePlace.CreateAsync(kind);
            var store = await SourceStore.CreateAsync();
            var draft = place.Draft();
            var relay = CuttingRelay.Before(draft);
            await place.PutAsync("in/a.csv", "id\n1\n2\n");
            var source = await store.Sources.SaveAsync(SourceStore.Administrator, draft, Cancel);
            await place.PutAsync("in/a.csv", Large);
            return new Loaded(place, store, relay, source);
        }

        public async ValueTask DisposeAsync()
        {
            await relay.DisposeAsync();
            await store.DisposeAsync();
            await place.DisposeAsync();
        }
    }
}
