using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Klaviyo.Rates;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>
/// Sends the batches of a run and waits for their jobs, while further batches may still be prepared. Batches leave in the order in which
/// they were added, as fast as Klaviyo's rate limit allows, and settle in any order. After the first fault nothing more is sent.
/// </summary>
internal sealed class BatchFlow : IAsyncDisposable
{
    private readonly Channel<long> _toSend = Channel.CreateUnbounded<long>();
    private readonly SemaphoreSlim _room;
    private readonly StageContext _run;
    private readonly KlaviyoClient _klaviyo;
    private readonly BatchSender _sender;
    private readonly OpenJobs _jobs;
    private readonly CancellationTokenSource _stopSending;
    private readonly CancellationTokenSource _stop;
    private readonly Lock _gate = new();
    private readonly HashSet<long> _unsent = [];
    private readonly HashSet<long> _unconfirmed = [];
    private readonly Task _work;
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _fault;
    private volatile bool _hasFailedForGood;
    private int _calls;
    private long _sent;
    private long _confirmed;

    public BatchFlow(
        StageContext run,
        KlaviyoClient klaviyo,
        BatchSender sender,
        JobConfirmation jobs,
        DeliveryOptions options,
        CancellationToken cancellationToken
    )
    {
        (_run, _klaviyo, _sender, _room) = (run, klaviyo, sender, new SemaphoreSlim(options.CallsInFlight));
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _stopSending = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        _jobs = jobs.Open(run, this);
        _work = Task.WhenAll(GuardAsync(SendAsync), GuardAsync(_jobs.FollowAsync), GuardAsync(_jobs.SettleAsync));
    }

    /// <summary>The profiles in batches that Klaviyo has accepted.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>The profiles whose result is stored, and those that Klaviyo has processed so far in other jobs.</summary>
    public long Confirmed => Interlocked.Read(ref _confirmed) + _jobs.Completed;

    /// <summary>What the flow waits for when everything is sent.</summary>
    public RunWait WaitForJobs() => _jobs.Wait();

    public bool AllSent => IsEmpty(_unsent);

    public bool AllConfirmed => IsEmpty(_unconfirmed);

    /// <summary>Whether a fault that a later attempt would meet again has ended the flow.</summary>
    public bool HasFailedForGood => _hasFailedForGood;

    // The batch of a call joins the jobs before the call ends.
    private bool IsUnderWay => Volatile.Read(ref _calls) > 0 || !_jobs.AreNone;

    /// <summary>Adds a batch that is stored, in the state that is stored.</summary>
    public void Add(Batch batch)
    {
        if (batch.State == BatchState.Confirmed)
        {
            Interlocked.Add(ref _sent, batch.Prepared);
            Interlocked.Add(ref _confirmed, batch.Prepared);
            return;
        }
        lock (_gate)
            _unconfirmed.Add(batch.Id);
        if (batch.State == BatchState.Sent)
        {
            Interlocked.Add(ref _sent, batch.Prepared);
            _jobs.Add(batch);
            return;
        }
        lock (_gate)
            _unsent.Add(batch.Id);
        // Refused after a fault, when nothing more is sent.
        _toSend.Writer.TryWrite(batch.Id);
    }

    /// <summary>Sends a batch again whose job was lost.</summary>
    public void SendAgain(Batch batch)
    {
        Interlocked.Add(ref _sent, -batch.Prepared);
        lock (_gate)
            _unsent.Add(batch.Id);
        _toSend.Writer.TryWrite(batch.Id);
        Move();
    }

    /// <summary>Reports that the result of a batch is stored.</summary>
    /// <param name="batchId">The batch.</param>
    /// <param name="profiles">The profiles whose result it is.</param>
    /// <param name="resent">The profiles that another batch has now.</param>
    public void Settled(long batchId, int profiles, int resent)
    {
        Interlocked.Add(ref _confirmed, profiles);
        Interlocked.Add(ref _sent, -resent);
        lock (_gate)
            _unconfirmed.Remove(batchId);
        Move();
    }

    /// <summary>Waits until something holds, such as <see cref="AllSent"/>.</summary>
    /// <param name="holds">What is waited for.</param>
    /// <param name="reportAsync">Called whenever a batch has moved.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="Exception">The fault that has ended the flow. Then no call is under way any more.</exception>
    public async Task UntilAsync(Func<bool> holds, Func<ValueTask> reportAsync, CancellationToken cancellationToken)
    {
        while (true)
        {
            var moved = Volatile.Read(ref _moved).Task;
            if (Volatile.Read(ref _fault) is { } fault)
            {
                await _work.WaitAsync(cancellationToken);
                ExceptionDispatchInfo.Throw(fault);
            }
            if (holds())
                return;
            await reportAsync();
            await moved.WaitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Sends nothing more, and waits until the results of the batches are stored that are on their way, or until a fault.
    /// </summary>
    public async Task LandAsync(CancellationToken cancellationToken)
    {
        StopSending();
        while (Volatile.Read(ref _fault) is null && IsUnderWay && !cancellationToken.IsCancellationRequested)
        {
            var moved = Volatile.Read(ref _moved).Task;
            if (IsUnderWay)
                await moved.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Wakes those who wait in <see cref="UntilAsync"/>.</summary>
    public void Move() =>
        Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Ends the flow. Calls under way end first, unless the execution is being canceled.</summary>
    public async ValueTask DisposeAsync()
    {
        StopSending();
        _jobs.Stop();
        await _work;
        await _stop.CancelAsync();
        _jobs.Dispose();
        _stopSending.Dispose();
        _stop.Dispose();
        _room.Dispose();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        var calls = new List<Task>();
        try
        {
            await foreach (var batchId in _toSend.Reader.ReadAllAsync(_stopSending.Token))
            {
                await _room.WaitAsync(_stopSending.Token);
                calls.RemoveAll(call => call.IsCompletedSuccessfully);
                calls.Add(SendAsync(batchId, await ReserveAsync(), cancellationToken));
            }
        }
        catch (OperationCanceledException) when (_stopSending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Those under way may end.
        }
        finally
        {
            await Task.WhenAll(calls);
        }
    }

    private async Task<CallPlace> ReserveAsync()
    {
        try
        {
            return await _klaviyo.ReserveImportAsync(_run.Credential, _stopSending.Token);
        }
        catch
        {
            _room.Release();
            throw;
        }
    }

    private async Task SendAsync(long batchId, CallPlace place, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        Activity.Current = _run.Span;
        try
        {
            var batch = await _sender.SendAsync(_run, batchId, place, cancellationToken);
            Interlocked.Add(ref _sent, batch.Prepared);
            lock (_gate)
                _unsent.Remove(batchId);
            if (batch.State == BatchState.Sent)
                _jobs.Add(batch);
            else
                Settled(batchId, batch.Prepared, 0);
            Move();
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
        finally
        {
            _room.Release();
            Interlocked.Decrement(ref _calls);
            Move();
        }
    }

    private async Task GuardAsync(Func<CancellationToken, Task> workAsync)
    {
        // The constructor returns before the work begins.
        await Task.Yield();
        try
        {
            await workAsync(_stop.Token);
        }
        catch (Exception fault)
        {
            Fail(fault);
        }
    }

    private void Fail(Exception fault)
    {
        // The first fault is the cause; others follow from it.
        if (Interlocked.CompareExchange(ref _fault, fault, null) is null)
            _hasFailedForGood = !RunFault.Of(fault, _run.ListId).IsTransient;
        StopSending();
        _jobs.Stop();
        Move();
    }

    private void StopSending()
    {
        _toSend.Writer.TryComplete();
        _stopSending.Cancel();
    }

    private bool IsEmpty(HashSet<long> batches)
    {
        lock (_gate)
            return batches.Count == 0;
    }
}
