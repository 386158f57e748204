using System.Runtime.CompilerServices;

namespace KlaviyoExport.Overview.Checks;

/// <summary>
/// Checks the installation: data directory, store, encryption keys, audit, sources, connections, mail server and clock. It changes nothing,
/// and may be used while servers run.
/// </summary>
public sealed class Checkup
{
    private readonly DirectoryCheck _directory;
    private readonly StoreCheck _store;
    private readonly KeysCheck _keys;
    private readonly AuditCheck _audit;
    private readonly ForwardingCheck _forwarding;
    private readonly SourcesCheck _sources;
    private readonly ConnectionsCheck _connections;
    private readonly MailCheck _mail;
    private readonly ClockCheck _clock;

    internal Checkup(
        DirectoryCheck directory,
        StoreCheck store,
        KeysCheck keys,
        AuditCheck audit,
        ForwardingCheck forwarding,
        SourcesCheck sources,
        ConnectionsCheck connections,
        MailCheck mail,
        ClockCheck clock
    )
    {
        (_directory, _store, _keys, _audit, _forwarding) = (directory, store, keys, audit, forwarding);
        (_sources, _connections, _mail, _clock) = (sources, connections, mail, clock);
    }

    /// <summary>Returns the findings as they are made. What is in the store is checked only when the store can be used.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var finding in _directory.Run())
            yield return finding;
        var (store, isUsable) = await _store.RunAsync(cancellationToken);
        yield return store;
        if (isUsable)
        {
            yield return await _keys.RunAsync(cancellationToken);
            foreach (var finding in await _audit.RunAsync(cancellationToken))
                yield return finding;
            await foreach (var finding in _forwarding.RunAsync(cancellationToken))
                yield return finding;
            await foreach (var finding in _sources.RunAsync(cancellationToken))
                yield return finding;
            await foreach (var finding in _connections.RunAsync(cancellationToken))
                yield return finding;
        }
        if (await _mail.RunAsync(cancellationToken) is { } mail)
            yield return mail;
        yield return await _clock.RunAsync(cancellationToken);
    }
}
