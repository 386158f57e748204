using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

/// <summary>Takes files from a browser. Each gets a folder of its own under the uploads, so that no name meets another.</summary>
public sealed class SourceUploads(SourcePaths paths, IOptions<SourceOptions> options)
{
    private const int LongestName = 100;
    private const int Chunk = 81_920;

    /// <summary>The most bytes a file may have.</summary>
    public long MaxBytes => options.Value.MaxUploadBytes;

    /// <summary>Writes the content to disk as it comes.</summary>
    /// <returns>Full path, for <see cref="SourceDraft.Location"/>.</returns>
    /// <exception cref="LocalizedException">Too large, or not allowed; nothing stays.</exception>
    public async Task<string> SaveAsync(Actor actor, Stream content, string fileName, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        var folder = Path.Combine(Path.GetFullPath(paths.Uploads), Guid.NewGuid().ToString("N"));
        DataDirectory.Create(paths.Uploads);
        DataDirectory.Create(folder);
        var path = Path.Combine(folder, SafeName(fileName));
        try
        {
            await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, Chunk, useAsync: true);
            await CopyAsync(content, file, cancellationToken);
            return path;
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    private async Task CopyAsync(Stream content, FileStream file, CancellationToken cancellationToken)
    {
        var buffer = new byte[Chunk];
        long total = 0;
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            total += read;
            if (total > MaxBytes)
                throw new SourceException(new LocalizedMessage("Sources.UploadTooLarge", MaxBytes));
            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }

    /// <summary>Letters, digits and a few marks of the last part of the name; never a path, a hidden file or a device.</summary>
    private static string SafeName(string fileName)
    {
        var last = fileName.Split('/', '\\')[^1];
        var safe = string.Concat(last.Select(letter => char.IsLetterOrDigit(letter) || letter is '.' or '-' or '_' or ' ' ? letter : '_'))
            .Trim('.', ' ');
        if (safe.Length > LongestName)
            safe = safe[^LongestName..].TrimStart('.', ' ');
        return safe.Length == 0 ? "upload" : safe;
    }
}
