namespace KlaviyoExport.People.Auditing;

/// <summary>Wakes what seals the entries of the audit in this process. The entries are in the store.</summary>
internal sealed class AuditSignal : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0, 1);

    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is about to wake up anyway.
        }
        catch (ObjectDisposedException)
        {
            // The application has stopped. The next start seals the entry.
        }
    }

    /// <returns>False when the time is over.</returns>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
