namespace KlaviyoExport.Lists;

/// <summary>Wakes the worker of this process; what is to be done stands in the store.</summary>
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
            // It is about to wake anyway.
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _wake.Dispose();
}
