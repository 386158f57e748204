using System.Security.Cryptography;

namespace KlaviyoExport.Data;

/// <summary>What a backup contains. It is the last file of the archive, so an archive without it is incomplete.</summary>
/// <param name="Format">The version of the format.</param>
/// <param name="Migration">The last migration of the store.</param>
/// <param name="At">When the copy of the store was made.</param>
/// <param name="Files">The files, by their path in the data directory, with "/" as separator.</param>
public sealed record BackupManifest(int Format, string Migration, DateTimeOffset At, IReadOnlyDictionary<string, BackupFile> Files)
{
    internal const string FileName = "manifest.json";
    internal const int CurrentFormat = 1;
}

/// <summary>A file of a backup.</summary>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">In hexadecimal digits.</param>
public sealed record BackupFile(long Length, string Sha256)
{
    /// <summary>Copies a file and describes what was copied.</summary>
    internal static async Task<BackupFile> CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[81_920];
        var length = 0L;
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            hash.AppendData(buffer, 0, read);
            length += read;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
        return new BackupFile(length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
