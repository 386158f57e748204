using KlaviyoExport.Sources;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Remote;

namespace KlaviyoExport.Tests.Sources.Remote;

/// <summary>Alone, because it measures the memory of the whole process: what other tests hold would be counted with it.</summary>
[Collection(nameof(AloneOnTheMachine))]
[Trait(Needs.Trait, Needs.Server)]
public sealed class RemoteMemoryTests
{
    private const int Size = 40_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SourceKind> Kinds => [SourceKind.S3, SourceKind.AzureBlob, SourceKind.Sftp];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_large_file_is_copied_in_a_fixed_amount_of_memory(SourceKind kind)
    {
        await using var place = await RemotePlace.CreateAsync(kind);
        await using var store = await SourceStore.CreateAsync();
        await place.PutAsync("in/a.csv", new byte[Size]);
        var draft = place.Draft();
        var files = draft.Remote.Checked(kind);
        await using var opened = new MeasuredStore(store.Store.Get<RemoteStores>().Open(kind, files, draft.Password!, "x"));
        var reading = new RemoteReading(opened, "x", TimeSpan.FromMinutes(1));
        await reading.ConnectAsync(Cancel);
        var found = await reading.ListAsync(files, "x", Cancel);
        using var copies = new RemoteFetch(reading, Path.Combine(store.Root, "copies"), store.Store.Get<DataDisk>());
        opened.Start();

        var copy = Assert.Single(await copies.CopyAsync(found.Read, Size, Cancel));

        Assert.Equal((Size, 4), (new FileInfo(copy).Length, opened.Measured));
        Assert.InRange(opened.Most, long.MinValue, 8_000_000);
    }

    /// <summary>A real store, whose files measure the memory of the process after each ten million bytes.</summary>
    private sealed class MeasuredStore(RemoteStore store) : RemoteStore
    {
        private long _before;

        public long Most { get; private set; }

        public int Measured { get; private set; }

        public void Start() => _before = GC.GetTotalMemory(forceFullCollection: true);

        public override Task ConnectAsync(CancellationToken cancellationToken) => store.ConnectAsync(cancellationToken);

        public override IAsyncEnumerable<RemoteFile> ListAsync(CancellationToken cancellationToken) => store.ListAsync(cancellationToken);

        public override async Task<Stream> OpenAsync(RemoteFile file, CancellationToken cancellationToken) =>
            new MeasuredStream(await store.OpenAsync(file, cancellationToken), Measure);

        public override Task DemandUnchangedAsync(RemoteFile file, CancellationToken cancellationToken) =>
            store.DemandUnchangedAsync(file, cancellationToken);

        public override SourceFault? FaultOf(Exception exception) => store.FaultOf(exception);

        public override async ValueTask DisposeAsync()
        {
            await store.DisposeAsync();
            await base.DisposeAsync();
        }

        private void Measure()
        {
            Measured++;
            Most = Math.Max(Most, GC.GetTotalMemory(forceFullCollection: true) - _before);
        }
    }

    private sealed class MeasuredStream(Stream content, Action measure) : Stream
    {
        private const long Step = Size / 4;

        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await content.ReadAsync(buffer, cancellationToken);
            if (_read / Step != (_read + read) / Step)
                measure();
            _read += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await content.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
