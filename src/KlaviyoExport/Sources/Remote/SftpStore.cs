using System.Globalization;
using System.Runtime.CompilerServices;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace KlaviyoExport.Sources.Remote;

/// <summary>A folder on an SFTP server. The server must have the key that was confirmed; otherwise nothing is sent to it.</summary>
internal sealed class SftpStore(RemoteFiles files, string secret, string name, MachineAddresses network, TimeSpan patience) : RemoteStore
{
    private SftpClient? _client;
    private string? _offered;

    public override string? OfferedHostKey => _offered;

    private SftpClient Client => _client ?? throw new InvalidOperationException("Not connected.");

    public override async Task ConnectAsync(CancellationToken cancellationToken)
    {
        var addresses = await RemoteHttp.ResolveAsync(network, files.Host!, cancellationToken);
        _client?.Dispose();
        // The address, and not the name, which could lead elsewhere when it is looked up again.
        _client = new SftpClient(new ConnectionInfo(addresses[0].ToString(), files.SshPort, files.User!, Method()) { Timeout = patience })
        {
            OperationTimeout = patience,
        };
        _offered = null;
        _client.HostKeyReceived += (_, key) =>
        {
            _offered = $"SHA256:{key.FingerPrintSHA256}";
            key.CanTrust = _offered == files.HostKey;
        };
        await _client.ConnectAsync(cancellationToken);
    }

    public override async IAsyncEnumerable<RemoteFile> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = files.Folder ?? ".";
        var found = await Client.GetAsync(place, cancellationToken);
        if (found.IsRegularFile)
        {
            yield return Of(place, found.Length, found.LastWriteTimeUtc);
            yield break;
        }
        await foreach (var file in Client.ListDirectoryAsync(place, cancellationToken))
        {
            if (file.IsRegularFile)
                yield return Of(file.FullName, file.Length, file.LastWriteTimeUtc);
        }
    }

    public override async Task<Stream> OpenAsync(RemoteFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await Client.OpenAsync(file.Name, FileMode.Open, FileAccess.Read, cancellationToken);
        }
        catch (SftpPathNotFoundException)
        {
            throw new SourceException(RemoteFaults.Changed(file));
        }
        catch (SftpPermissionDeniedException)
        {
            throw new SourceException(new LocalizedMessage("Sources.FileDenied", file.LastPart, files.User!));
        }
    }

    public override async ValueTask CloseAsync(Stream content, bool isRead)
    {
        // The library asks the server to close the file. On a broken or silent connection it would wait, and then hide why.
        if (!isRead)
            return;
        try
        {
            await content.DisposeAsync();
        }
        catch (Exception exception) when (FaultOf(exception) is not null)
        {
            // All that is needed was read.
        }
    }

    public override async Task DemandUnchangedAsync(RemoteFile file, CancellationToken cancellationToken)
    {
        try
        {
            var now = await Client.GetAsync(file.Name, cancellationToken);
            if (Of(file.Name, now.Length, now.LastWriteTimeUtc) == file)
                return;
        }
        catch (SftpPathNotFoundException)
        {
            // It was deleted or replaced in the meantime.
        }
        throw new SourceException(RemoteFaults.Changed(file));
    }

    public override SourceFault? FaultOf(Exception exception) => SftpFaults.Of(exception, files, name, _offered);

    public override ValueTask DisposeAsync()
    {
        _client?.Dispose();
        return base.DisposeAsync();
    }

    private AuthenticationMethod Method() =>
        files.SignIn == RemoteSignIn.PrivateKey
            ? new PrivateKeyAuthenticationMethod(files.User!, RemoteSecret.KeyOf(secret))
            : new PasswordAuthenticationMethod(files.User!, secret);

    private static RemoteFile Of(string path, long size, DateTime changedAt) =>
        new(
            path,
            size,
            new DateTimeOffset(DateTime.SpecifyKind(changedAt, DateTimeKind.Utc)),
            string.Create(CultureInfo.InvariantCulture, $"{size}-{changedAt.Ticks}")
        );
}
