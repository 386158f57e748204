using System.Text;

namespace KlaviyoExport.Secrets;

/// <summary>
/// Reads secrets from files of the permitted folders each time they are used. Links are followed, because container platforms replace
/// secrets by moving a link, but they must not lead outside the folder.
/// </summary>
internal static class SecretFiles
{
    /// <summary>The maximum size of a file in bytes.</summary>
    public const int MostBytes = 16_384;

    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the content of a file without one line end at its end.</summary>
    /// <exception cref="SecretException">The file is not in one of the folders, is missing, is too large, or is not text.</exception>
    public static async Task<string> ReadAsync(string path, IReadOnlyList<string> folders, CancellationToken cancellationToken)
    {
        Demand(path, folders);
        var content = new byte[MostBytes + 1];
        int length;
        try
        {
            var real = RealPath.Of(Path.GetFullPath(path));
            if (!RealPath.IsUnder(real, RealPath.Of(Path.GetDirectoryName(Path.GetFullPath(path))!)))
                throw NotAllowed(path, folders);
            if (Directory.Exists(real))
                throw new SecretException(new LocalizedMessage("Secrets.FileIsFolder", path));
            await using var file = new FileStream(real, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SecretException(new LocalizedMessage("Secrets.FileMissing", path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SecretException(new LocalizedMessage("Secrets.FileUnreadable", path));
        }
        if (length > MostBytes)
            throw new SecretException(new LocalizedMessage("Secrets.FileTooLarge", path, MostBytes));
        return Decoded(path, content.AsSpan(0, length));
    }

    /// <summary>
    /// Demands that a file is directly in one of the folders. Subfolders are not permitted, because platforms mount the identity of the
    /// server there. The message is the same whether the file exists or not.
    /// </summary>
    /// <exception cref="SecretException">It is not.</exception>
    public static void Demand(string path, IReadOnlyList<string> folders)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || !folders.Any(allowed => Path.TrimEndingDirectorySeparator(Path.GetFullPath(allowed)) == folder))
            throw NotAllowed(path, folders);
    }

    private static SecretException NotAllowed(string path, IReadOnlyList<string> folders) =>
        new(
            folders.Count == 0
                ? new LocalizedMessage("Secrets.NoFiles", path)
                : new LocalizedMessage("Secrets.FileNotAllowed", path, string.Join(", ", folders))
        );

    private static string Decoded(string path, ReadOnlySpan<byte> content)
    {
        try
        {
            var text = Text.GetString(content).TrimStart('\uFEFF');
            text =
                text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
                : text.EndsWith('\n') ? text[..^1]
                : text;
            return string.IsNullOrWhiteSpace(text) ? throw new SecretException(new LocalizedMessage("Secrets.FileEmpty", path)) : text;
        }
        catch (DecoderFallbackException)
        {
            throw new SecretException(new LocalizedMessage("Secrets.FileNotText", path));
        }
    }
}
