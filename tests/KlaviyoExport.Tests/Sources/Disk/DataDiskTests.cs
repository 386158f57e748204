using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Tests.Delivery;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Tests.Sources.Disk;

/// <summary>A disk that is nearly full stops uploads and loads, so that it does not stop runs.</summary>
public sealed class DataDiskTests
{
    /// <summary>More than any disk has.</summary>
    private const string Everything = "1000000000000000";

    private long _free = 50_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(100_000_000_000, null, 1_073_741_824)]
    [InlineData(10_000_000_000, null, 500_000_000)]
    [InlineData(10_000_000_000, 7L, 7)]
    public async Task The_reserve_is_a_gibibyte_or_a_twentieth_of_a_small_disk_unless_it_is_set(long total, long? set, long expected)
    {
        await using var store = await TestStore.CreateAsync();
        var disk = new DataDisk(
            store.Get<IOptions<StoreOptions>>(),
            Options.Create(new DiskOptions { Reserve = set }),
            _ => (expected - 1, total)
        );

        Assert.Equal((expected, true, 0), (disk.Look()!.Reserve, disk.Look()!.IsLow, disk.Look()!.Usable));
    }

    [Fact]
    public async Task A_disk_whose_space_is_unknown_stops_nothing()
    {
        await using var store = await SourceStore.CreateAsync(disk: _ => throw new IOException("no such drive"));

        Assert.Null(store.Store.Get<DataDisk>().Look());
        Assert.Equal(1, (await store.AddCsvTextAsync("id\n1\n")).RowCount);
        Assert.True(File.Exists(await UploadAsync(store, 10)));
    }

    [Fact]
    public async Task While_only_the_reserve_is_free_nothing_is_uploaded()
    {
        await using var store = await SourceStore.CreateAsync(settings: new() { ["Disk:Reserve"] = Everything });

        var refused = await Assert.ThrowsAsync<SourceException>(() => UploadAsync(store, 10));

        Assert.Equal(("Sources.DiskReserved", true), (refused.LocalizedMessage.Code, refused.Fault.IsTransient));
        Assert.Contains("1,000,000.0 GB must stay free for runs", refused.Message, StringComparison.Ordinal);
        Assert.Empty(UploadsOf(store));
    }

    [Fact]
    public async Task While_only_the_reserve_is_free_runs_continue()
    {
        await using var bench = await Workbench.CreateAsync(Customer.Many(2), settings: new() { ["Disk:Reserve"] = Everything });

        Assert.True(bench.Product.Get<DataDisk>().Look()!.IsLow);
        Assert.Equal(RunState.Successful, (await bench.RunAsync()).State);
    }

    [Fact]
    public async Task An_upload_ends_when_the_disk_runs_low_meanwhile()
    {
        await using var store = await SourceStore.CreateAsync(disk: Disk);

        var refused = await Assert.ThrowsAsync<SourceException>(() =>
            UploadAsync(store, 60_000_000, onRead: position => _free = position > 20_000_000 ? 1_000_000 : _free)
        );

        Assert.Equal("Sources.DiskReserved", refused.LocalizedMessage.Code);
        Assert.Empty(UploadsOf(store));
    }

    [Fact]
    public async Task While_only_the_reserve_is_free_a_source_keeps_its_load()
    {
        await using var store = await SourceStore.CreateAsync(disk: Disk);
        var source = await store.AddCsvTextAsync("id\n1\n");
        File.AppendAllText(source.Location, "2\n");
        _free = 1_000_000;

        var refused = await Assert.ThrowsAsync<SourceException>(() => LoadAsync(store, source));

        Assert.Equal("Sources.DiskReserved", refused.LocalizedMessage.Code);
        await IsAsBeforeAsync(store, source, refused);
        _free = 50_000_000_000;
        Assert.Equal(2, (await LoadAsync(store, source)).RowCount);
    }

    [Fact]
    public async Task A_load_that_would_use_the_reserve_ends()
    {
        await using var store = await SourceStore.CreateAsync(disk: Disk);
        var source = await store.AddCsvTextAsync("id\n1\n");
        File.AppendAllLines(source.Location, Enumerable.Range(2, 40_000).Select(i => $"customer-{i:D20}"));
        _free = (1L << 30) + 500_000;

        var refused = await Assert.ThrowsAsync<SourceException>(() => LoadAsync(store, source));

        Assert.Equal("Sources.DiskReserved", refused.LocalizedMessage.Code);
        await IsAsBeforeAsync(store, source, refused);
    }

    [Fact]
    public async Task A_person_uploads_at_most_the_quota_of_a_day()
    {
        var clock = new TestClock();
        await using var store = await SourceStore.CreateAsync(clock, new() { ["Sources:MaxUploadBytesPerDay"] = "100" });
        var other = new Actor("other", "Other", Role.Administrator);
        await UploadAsync(store, 60);

        var refused = await Assert.ThrowsAsync<SourceException>(() => UploadAsync(store, 60));

        Assert.Equal(new LocalizedMessage("Sources.UploadQuota", 100L), refused.LocalizedMessage);
        Assert.Single(UploadsOf(store));
        await UploadAsync(store, 40);
        await UploadAsync(store, 60, other);
        clock.Advance(TimeSpan.FromDays(1));
        await UploadAsync(store, 60);
    }

    private (long, long) Disk(string directory) => (_free, 100_000_000_000);

    private static Task<Source> LoadAsync(SourceStore store, Source source) =>
        store.Sources.LoadAsync(SourceStore.Administrator, source.Id, Cancel);

    private static Task<string> UploadAsync(SourceStore store, int size, Actor? actor = null, Action<long>? onRead = null) =>
        store
            .Store.Get<SourceUploads>()
            .SaveAsync(actor ?? SourceStore.Administrator, new Zeros(size, onRead ?? (_ => { })), "customers.csv", Cancel);

    private static string[] UploadsOf(SourceStore store) =>
        Path.Combine(store.Store.Directory, "data", "uploads") is var folder && Directory.Exists(folder)
            ? Directory.GetFileSystemEntries(folder)
            : [];

    private static async Task IsAsBeforeAsync(SourceStore store, Source before, SourceException fault)
    {
        var now = await store.Sources.GetAsync(SourceStore.Administrator, before.Id, Cancel);
        Assert.Equal((1, before.StagingFile, fault.LocalizedMessage.Code), (now.RowCount, now.StagingFile, now.LastError?.Code));
        Assert.Equal([Path.GetFileName(before.StagingFile!)], new DirectoryInfo(store.Staging).GetFiles("*.db").Select(file => file.Name));
    }

    /// <summary>An upload of so many bytes.</summary>
    private sealed class Zeros(long size, Action<long> onRead) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, size - Position);
            Array.Clear(buffer, offset, read);
            Position += read;
            onRead(Position);
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
