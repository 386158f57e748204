using KlaviyoExport.Data;
using KlaviyoExport.Sources.Csv;
using KlaviyoExport.Sources.Disk;
using KlaviyoExport.Sources.Files;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Loads or tests files of a store.</summary>
internal sealed class RemoteLoader(
    RemoteStores stores,
    SourcePasswords passwords,
    IOptions<SourceOptions> options,
    IOptions<StoreOptions> store,
    DataDisk disk
)
{
    /// <summary>The ending of the folders with copies, beside the staging files.</summary>
    public const string Ending = ".files";

    /// <summary>The size up to which a test copies a whole file, in bytes.</summary>
    private const long Sample = 16_000_000;

    /// <param name="source">The source. It is not changed.</param>
    /// <param name="reading">How the files are read.</param>
    /// <param name="staging">The full path of the staging file to create.</param>
    /// <param name="kept">The files of the load that is still there. Null to load in any case.</param>
    /// <param name="cancellationToken">Cancels the load.</param>
    /// <returns>Null when the files are those of the load that is still there.</returns>
    /// <exception cref="SourceException">The source cannot be loaded. The message says why.</exception>
    public Task<LoadedProfiles?> LoadAsync(
        Source source,
        FileReading reading,
        string staging,
        RemoteLoad? kept,
        CancellationToken cancellationToken
    ) => passwords.UseAsync(source, secret => LoadAsync(source, secret, reading, staging, kept, cancellationToken), cancellationToken);

    private async Task<LoadedProfiles?> LoadAsync(
        Source source,
        string secret,
        FileReading reading,
        string staging,
        RemoteLoad? kept,
        CancellationToken cancellationToken
    )
    {
        await using var opened = stores.Open(source.Kind, source.Remote!, secret, source.Name);
        var asked = new RemoteReading(opened, source.Name, options.Value.Remote.Patience);
        await asked.ConnectAsync(cancellationToken);
        var found = await asked.ListAsync(source.Remote!, source.Location, cancellationToken);
        var load = RemoteLoad.Of(found.Read);
        if (kept?.Fingerprint == load.Fingerprint)
            return null;
        using var copies = new RemoteFetch(asked, staging + Ending, disk);
        var files = await copies.CopyAsync(found.Read, options.Value.MaxUnpackedBytes, cancellationToken);
        var loaded = await Task.Run(
            () => CsvLoader.Load(files, reading, source.KeyColumns, source.Formats, staging, disk.Look()?.Usable, cancellationToken),
            cancellationToken
        );
        return loaded with { Remote = load };
    }

    /// <summary>Lists the files and reads the first rows of the first one that a load would read.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="files">Its files, validated.</param>
    /// <param name="secret">Empty for the identity of the machine.</param>
    /// <param name="reading">How the files are read.</param>
    /// <param name="cancellationToken">Cancels the test.</param>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    public async Task<SourcePreview> PreviewAsync(
        SourceDraft draft,
        RemoteFiles files,
        string secret,
        FileReading reading,
        CancellationToken cancellationToken
    )
    {
        var place = files.Place(draft.Kind);
        var name = string.IsNullOrWhiteSpace(draft.Name) ? place : draft.Name.Trim();
        await using var opened = stores.Open(draft.Kind, files, secret, name);
        var asked = new RemoteReading(opened, name, options.Value.Remote.Patience);
        try
        {
            await asked.ConnectAsync(cancellationToken);
        }
        catch (SourceException) when (files.HostKey is null && opened.OfferedHostKey is not null)
        {
            return new SourcePreview([], [], [], [], []) { HostKey = opened.OfferedHostKey };
        }
        var found = await asked.ListAsync(files, place, cancellationToken);
        using var copies = new RemoteFetch(asked, Folder(), disk);
        var first =
            await SampleAsync(copies, found.Read[0], cancellationToken) ?? await WholeAsync(copies, found.Read[0], cancellationToken);
        var preview = await Task.Run(() => CsvPreview.Of([first], reading, draft.Formats, cancellationToken), cancellationToken);
        return preview with { Remote = found };
    }

    /// <summary>Lists the files, and reads the first rows of the newest one if they are not those of the last look.</summary>
    /// <param name="source">The source. It is not changed.</param>
    /// <param name="reading">How the files are read.</param>
    /// <param name="formats">How the values of fields are written.</param>
    /// <param name="cancellationToken">Cancels the look.</param>
    /// <exception cref="SourceException">The source cannot be read. The message says why.</exception>
    public Task<RemoteLook> LookAsync(
        Source source,
        FileReading reading,
        IReadOnlyList<FormatChoice> formats,
        CancellationToken cancellationToken
    ) => passwords.UseAsync(source, secret => LookAsync(source, secret, reading, formats, cancellationToken), cancellationToken);

    private async Task<RemoteLook> LookAsync(
        Source source,
        string secret,
        FileReading reading,
        IReadOnlyList<FormatChoice> formats,
        CancellationToken cancellationToken
    )
    {
        await using var opened = stores.Open(source.Kind, source.Remote!, secret, source.Name);
        var asked = new RemoteReading(opened, source.Name, options.Value.Remote.Patience);
        await asked.ConnectAsync(cancellationToken);
        var found = await asked.ListAsync(source.Remote!, source.Location, cancellationToken);
        var seen = RemoteLoad.SeenOf(found.Read);
        if (source.RemoteLoad?.Seen == seen)
            return new RemoteLook(null, seen);
        using var copies = new RemoteFetch(asked, Folder(), disk);
        if (await SampleAsync(copies, found.Newest[0], cancellationToken) is not { } newest)
            return new RemoteLook(null, seen);
        var preview = await Task.Run(() => CsvPreview.Of([newest], reading, formats, cancellationToken), cancellationToken);
        return new RemoteLook(preview.Fields, seen);
    }

    /// <summary>Checks that the files are there.</summary>
    /// <returns>The number of files that a load would read.</returns>
    /// <exception cref="SourceException">They are not. The message says why.</exception>
    public Task<int> CheckAsync(Source source, CancellationToken cancellationToken) =>
        passwords.UseAsync(source, secret => CheckAsync(source, secret, cancellationToken), cancellationToken);

    private async Task<int> CheckAsync(Source source, string secret, CancellationToken cancellationToken)
    {
        await using var opened = stores.Open(source.Kind, source.Remote!, secret, source.Name);
        var asked = new RemoteReading(opened, source.Name, options.Value.Remote.Patience);
        await asked.ConnectAsync(cancellationToken);
        return (await asked.ListAsync(source.Remote!, source.Location, cancellationToken)).Read.Count;
    }

    /// <summary>Copies as much of a file as a test needs: of large texts, whole lines at the start.</summary>
    /// <returns>Null for a large file of which no part can be read by itself, such as a packed one.</returns>
    private async Task<string?> SampleAsync(RemoteFetch copies, RemoteFile file, CancellationToken cancellationToken)
    {
        if (file.Size <= Sample)
            return await WholeAsync(copies, file, cancellationToken);
        var start = await copies.CopyAsync(file, Sample, cancellationToken);
        return FileFormats.CutAfterLastLine(start) ? start : null;
    }

    private async Task<string> WholeAsync(RemoteFetch copies, RemoteFile file, CancellationToken cancellationToken) =>
        (await copies.CopyAsync([file], options.Value.MaxUnpackedBytes, cancellationToken))[0];

    private string Folder() => store.Value.PathOf("staging", $"{Guid.NewGuid():N}{Ending}");
}
