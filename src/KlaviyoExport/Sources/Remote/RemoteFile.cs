namespace KlaviyoExport.Sources.Remote;

/// <summary>A file in a store.</summary>
/// <param name="Name">The full name: the key of an object, or the path on an SFTP server.</param>
/// <param name="Size">In bytes.</param>
/// <param name="ChangedAt">When it was written last.</param>
/// <param name="Version">Another value after each change: the ETag, or for SFTP size and time.</param>
public sealed record RemoteFile(string Name, long Size, DateTimeOffset ChangedAt, string Version)
{
    /// <summary>The part of the name behind the last slash.</summary>
    public string LastPart => Name[(Name.LastIndexOf('/') + 1)..];
}
