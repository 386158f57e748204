namespace KlaviyoExport.Sources.Remote;

/// <summary>A store of files, opened for one load or test. Not for several threads at a time.</summary>
internal abstract class RemoteStore : IAsyncDisposable
{
    /// <summary>The fingerprint of the key that an SFTP server has offered. Null before, and for other stores.</summary>
    public virtual string? OfferedHostKey => null;

    /// <summary>Connects, if the protocol has connections.</summary>
    public virtual Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lists the files in the folder, without folders and without looking at their names.</summary>
    public abstract IAsyncEnumerable<RemoteFile> ListAsync(CancellationToken cancellationToken);

    /// <summary>Closes a file.</summary>
    /// <param name="content">What <see cref="OpenAsync"/> has returned.</param>
    /// <param name="isRead">Whether it was read as far as needed. Otherwise the connection is not used any more.</param>
    public virtual ValueTask CloseAsync(Stream content, bool isRead) => content.DisposeAsync();

    /// <summary>
    /// Opens a file for reading. Fails with <see cref="SourceFaultKind.ChangedWhileRead"/> if it has another version or is gone.
    /// </summary>
    public abstract Task<Stream> OpenAsync(RemoteFile file, CancellationToken cancellationToken);

    /// <summary>Must be called after a file was read: only some stores make sure that what was read is one version.</summary>
    /// <exception cref="SourceException">The file was changed since it was opened.</exception>
    public virtual Task DemandUnchangedAsync(RemoteFile file, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Returns what an exception of this store means.</summary>
    /// <returns>Null when it is not known.</returns>
    public abstract SourceFault? FaultOf(Exception exception);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
