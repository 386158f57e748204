namespace KlaviyoExport.Lists;

/// <summary>Wakes the worker of this process. The work to do is in the store.</summary>
internal sealed class ListCheckSignal : IDisposable
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
            // The worker is about to wake up anyway.
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
