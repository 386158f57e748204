using Microsoft.AspNetCore.DataProtection.Internal;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>
/// The data protection keys. By itself, a process reads the keys once a day. Here it reads them again when another process has added one:
/// see <see cref="Refresh"/>.
/// </summary>
internal sealed class RefreshableKeys(
    IOptions<KeyManagementOptions> options,
    IActivator activator,
    ILoggerFactory loggers,
    TimeProvider clock
) : IKeyManager, IDisposable
{
    // A value with an invented key id must not cause reads without limit.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly XmlKeyManager _keys = new(options, activator, loggers);
    private readonly Lock _gate = new();
    private CancellationTokenSource _refresh = new();
    private DateTimeOffset? _lookedAt;
    private Guid? _found;

    /// <summary>How often the keys were made to be read again. Who caches what was encrypted with a key compares it.</summary>
    public int Generation { get; private set; }

    /// <summary>Makes data protection read the keys again before it uses one.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            using var last = _refresh;
            _refresh = new CancellationTokenSource();
            Generation++;
            last.Cancel();
        }
    }

    /// <summary>
    /// Refreshes the keys when another process has added this one. Looks for it at most once a second.
    /// </summary>
    /// <returns>False when there is no such key.</returns>
    public bool RefreshFor(Guid key)
    {
        lock (_gate)
        {
            // Another thread has found it while this one failed.
            if (_found == key)
                return true;
            var now = clock.GetUtcNow();
            if (now - _lookedAt < Pause)
                return false;
            _lookedAt = now;
        }
        if (_keys.GetAllKeys().All(known => known.KeyId != key))
            return false;
        Refresh();
        lock (_gate)
            _found = key;
        return true;
    }

    public IKey CreateNewKey(DateTimeOffset activationDate, DateTimeOffset expirationDate)
    {
        var key = _keys.CreateNewKey(activationDate, expirationDate);
        Refresh();
        return key;
    }

    public IReadOnlyCollection<IKey> GetAllKeys() => _keys.GetAllKeys();

    public CancellationToken GetCacheExpirationToken()
    {
        lock (_gate)
            return CancellationTokenSource.CreateLinkedTokenSource(_keys.GetCacheExpirationToken(), _refresh.Token).Token;
    }

    public void RevokeKey(Guid keyId, string? reason = null) => _keys.RevokeKey(keyId, reason);

    public void RevokeAllKeys(DateTimeOffset revocationDate, string? reason = null) => _keys.RevokeAllKeys(revocationDate, reason);

    public void Dispose() => _refresh.Dispose();
}
