using System.Collections.Concurrent;
using KlaviyoExport.Data;
using KlaviyoExport.Sources.Files;
using KlaviyoExport.Sources.Remote;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>Manages the files of loads and uploads, and deletes those that no source uses.</summary>
internal sealed class SourceFiles(
    IOptions<StoreOptions> store,
    SourcePaths paths,
    IDbContextFactory<AppDb> stores,
    TimeProvider clock,
    ILogger<SourceFiles> logger
) : IHostedService
{
    /// <summary>How long an upload is kept until its source is saved.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, bool> _inProgress = new();

    /// <summary>Reserves a name for a new staging file, relative to the data directory. It is not swept until it is released.</summary>
    public string Reserve()
    {
        DataDirectory.Create(store.Value.PathOf("staging"));
        var name = Path.Combine("staging", $"{Guid.NewGuid():N}.db");
        _inProgress[name] = true;
        return name;
    }

    public void Release(string staging) => _inProgress.TryRemove(staging, out _);

    public string PathOf(string staging) => store.Value.PathOf(staging);

    /// <summary>Deletes a staging file. If it is being read, it disappears when the reader closes it, or at the next start.</summary>
    public void DeleteStaging(string? staging)
    {
        if (staging is not null)
        {
            TryDelete(() => File.Delete(PathOf(staging)));
            TryDelete(() => File.Delete(RejectedRows.PathOf(PathOf(staging))));
        }
    }

    /// <summary>Deletes the upload of a source. Other files are not touched.</summary>
    public void DeleteUpload(string location)
    {
        if (IsUpload(location) && Path.GetDirectoryName(location) is { } folder && Directory.Exists(folder))
            TryDelete(() => Directory.Delete(folder, recursive: true));
    }

    /// <summary>Whether a source reads a file that was uploaded for it.</summary>
    public bool IsUpload(string location) => paths.IsUpload(location);

    /// <summary>Deletes files that a crash has left.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => SweepAsync(TimeSpan.Zero, cancellationToken);

    /// <summary>
    /// Deletes files that no source uses and that are older than a day, so that they do not stay until the next start. Younger ones may be
    /// those of a load of another server.
    /// </summary>
    public Task SweepOldAsync(CancellationToken cancellationToken) => SweepAsync(Patience, cancellationToken);

    private async Task SweepAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var staging = Entries(store.Value.PathOf("staging"));
        var uploads = Entries(paths.Uploads);
        var inProgress = WithRejected(_inProgress.Keys);
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        var known = await db.Set<Source>().Select(source => new { source.StagingFile, source.Location }).ToListAsync(cancellationToken);
        var loaded = WithRejected(known.Where(source => source.StagingFile is not null).Select(source => source.StagingFile!));
        var uploaded = known.Select(source => Path.GetDirectoryName(source.Location)).ToHashSet();
        var now = clock.GetUtcNow().UtcDateTime;
        var stale = staging
            .Where(file => !loaded.Contains(file) && !inProgress.Contains(file))
            .Where(file => age == TimeSpan.Zero || File.GetLastWriteTimeUtc(file) < now - age)
            .ToList();
        var abandoned = uploads
            .Where(folder => !uploaded.Contains(folder) && Directory.GetLastWriteTimeUtc(folder) < now - Patience)
            .ToList();
        // A folder holds copies of files of a store.
        stale.ForEach(path =>
            TryDelete(() =>
            {
                if (Directory.Exists(path))
                    Directory.Delete(path, recursive: true);
                else
                    File.Delete(path);
            })
        );
        abandoned.ForEach(folder => TryDelete(() => Directory.Delete(folder, recursive: true)));
        if (stale.Count + abandoned.Count > 0)
            Log.Swept(logger, stale.Count + abandoned.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private HashSet<string> WithRejected(IEnumerable<string> staging) =>
        [.. staging.Select(PathOf).SelectMany(file => new[] { file, RejectedRows.PathOf(file), file + RemoteLoader.Ending })];

    private static List<string> Entries(string folder) => Directory.Exists(folder) ? [.. Directory.EnumerateFileSystemEntries(folder)] : [];

    private static void TryDelete(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file is in use. The next start tries again.
        }
    }
}
