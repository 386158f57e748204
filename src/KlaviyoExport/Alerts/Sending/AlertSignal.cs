using System.Threading.Channels;

namespace KlaviyoExport.Alerts.Sending;

/// <summary>
/// Wakes the worker of this process before its next look is due. The signal is not stored: what it stands for is in the store.
/// </summary>
internal sealed class AlertSignal(TimeProvider clock)
{
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Waits for a signal, or until the time has passed.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time has passed.
        }
    }
}
