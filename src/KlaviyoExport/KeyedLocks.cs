namespace KlaviyoExport;

/// <summary>
/// An asynchronous lock for each key. One caller at a time holds the lock of a key; other callers wait. A key that no caller uses takes
/// no memory.
/// </summary>
public sealed class KeyedLocks<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, Turn> _turns = [];

    /// <summary>The number of keys whose lock a caller holds or waits for.</summary>
    public int Count
    {
        get
        {
            lock (_turns)
                return _turns.Count;
        }
    }

    /// <summary>Waits for the lock of the key.</summary>
    /// <returns>The lock. Dispose it to release the lock.</returns>
    public async Task<IDisposable> EnterAsync(TKey key, CancellationToken cancellationToken)
    {
        Turn? turn;
        lock (_turns)
        {
            if (!_turns.TryGetValue(key, out turn))
                _turns.Add(key, turn = new Turn());
            turn.Users++;
        }
        try
        {
            await turn.Gate.WaitAsync(cancellationToken);
            return new Exit(this, key, turn);
        }
        catch
        {
            Leave(key, turn);
            throw;
        }
    }

    private void Leave(TKey key, Turn turn)
    {
        lock (_turns)
        {
            if (--turn.Users > 0)
                return;
            _turns.Remove(key);
            turn.Gate.Dispose();
        }
    }

    private sealed class Turn
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Exit(KeyedLocks<TKey> locks, TKey key, Turn turn) : IDisposable
    {
        public void Dispose()
        {
            turn.Gate.Release();
            locks.Leave(key, turn);
        }
    }
}
