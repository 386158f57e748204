using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Data;

/// <summary>The result of a rotation.</summary>
/// <param name="Key">The id of the new data protection key.</param>
/// <param name="Changed">The number of values that were encrypted again.</param>
/// <param name="Unreadable">The number of values that no key can decrypt. They were left as they are.</param>
/// <param name="Left">The number of values that something else was replacing all the time. They still need their old key.</param>
public sealed record RotationResult(Guid Key, long Changed, long Unreadable, long Left);

/// <summary>
/// Encrypts all secrets of the store again, with a new data protection key, while servers use the store. A value that changes at the same
/// time is never overwritten. Servers notice the new key within a minute, or at once when they read a value that it has encrypted, and then
/// encrypt again what they have meanwhile stored with the old one.
/// </summary>
public sealed class SecretRotation
{
    private const string Setting = "Keys.Rotated";
    private const int Page = 200;
    private static readonly TimeSpan KeyLifetime = TimeSpan.FromDays(90);

    // Longer than the lease of a token refresh.
    private const int Passes = 60;
    private static readonly TimeSpan BetweenPasses = TimeSpan.FromSeconds(3);

    private readonly IReadOnlyList<SecretColumn> _columns;
    private readonly SecretTable _table;
    private readonly SecretProtector _secrets;
    private readonly RefreshableKeys _keys;
    private readonly IDbContextFactory<AppDb> _stores;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private string? _seen;
    private bool _hasLooked;

    internal SecretRotation(
        IEnumerable<SecretColumn> columns,
        SecretTable table,
        SecretProtector secrets,
        RefreshableKeys keys,
        IDbContextFactory<AppDb> stores,
        TimeProvider clock,
        ILogger<SecretRotation> logger
    )
    {
        _columns = [.. columns];
        (_table, _secrets, _keys, _stores, _clock, _logger) = (table, secrets, keys, stores, clock, logger);
    }

    /// <summary>Creates a key and encrypts all secrets with it. Interrupted, it can be repeated.</summary>
    public async Task<RotationResult> RotateAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var key = _keys.CreateNewKey(now, now + KeyLifetime).KeyId;
        await TellServersAsync(key, cancellationToken);
        var changed = 0L;
        for (var pass = 1; ; pass++)
        {
            var done = await ReencryptAsync(key, cancellationToken);
            changed += done.Changed;
            if (done.Left == 0 || pass == Passes)
                return done with { Changed = changed };
            await Task.Delay(BetweenPasses, _clock, cancellationToken);
        }
    }

    /// <summary>Looks whether another process has rotated the secrets. Then uses the new key, and encrypts again what this process has
    /// meanwhile stored with the old one.</summary>
    internal async Task FollowAsync(CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var rotated = await db.Set<Setting>()
            .Where(setting => setting.Name == Setting)
            .Select(setting => (string?)setting.Value)
            .SingleOrDefaultAsync(cancellationToken);
        var isNew = _hasLooked && rotated != _seen;
        if (isNew)
        {
            _keys.Refresh();
            var done = await ReencryptAsync(Guid.Parse(rotated!), cancellationToken);
            Log.KeyFollowed(_logger, done.Changed);
            // A value that is being replaced is looked at again next time.
            if (done.Left > 0)
                return;
        }
        (_seen, _hasLooked) = (rotated, true);
    }

    private async Task TellServersAsync(Guid key, CancellationToken cancellationToken)
    {
        await using var db = await _stores.CreateDbContextAsync(cancellationToken);
        var stored = await db.Set<Setting>().SingleOrDefaultAsync(setting => setting.Name == Setting, cancellationToken);
        if (stored is null)
            db.Add(new Setting { Name = Setting, Value = key.ToString() });
        else
            stored.Value = key.ToString();
        await db.SaveChangesAsync(cancellationToken);
    }

    private async Task<RotationResult> ReencryptAsync(Guid key, CancellationToken cancellationToken)
    {
        var result = new RotationResult(key, 0, 0, 0);
        foreach (var column in _columns)
        {
            var page = new List<(StoredSecret Old, byte[] New)>(Page);
            await foreach (var stored in _table.ReadAsync(column, cancellationToken))
            {
                if (SecretEnvelope.KeyOf(stored.Value) is not { } used || used == key)
                    continue;
                if (Reprotected(stored, column) is { } next)
                    page.Add((stored, next));
                else
                    result = result with { Unreadable = result.Unreadable + 1 };
                if (page.Count == Page)
                    result = await ReplaceAsync(column, page, result, cancellationToken);
            }
            result = await ReplaceAsync(column, page, result, cancellationToken);
        }
        return result;
    }

    private byte[]? Reprotected(StoredSecret stored, SecretColumn column)
    {
        try
        {
            return _secrets.Reprotect(stored.Value, column.Kind);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private async Task<RotationResult> ReplaceAsync(
        SecretColumn column,
        List<(StoredSecret Old, byte[] New)> page,
        RotationResult result,
        CancellationToken cancellationToken
    )
    {
        if (page.Count == 0)
            return result;
        var replaced = await _table.ReplaceAsync(column, page, cancellationToken);
        var left = page.Count - replaced;
        page.Clear();
        return result with { Changed = result.Changed + replaced, Left = result.Left + left };
    }
}
