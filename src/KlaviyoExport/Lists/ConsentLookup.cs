using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Lists;

/// <summary>
/// Asks Klaviyo about candidates while others are still being read. Several calls are made at once; the rate limiter of the client decides
/// how fast. Answers come in the order of the candidates.
/// </summary>
/// <param name="klaviyo">The client.</param>
/// <param name="credential">The key or tokens of the account.</param>
/// <param name="cancellationToken">Cancels all calls.</param>
internal sealed class ConsentLookup(KlaviyoClient klaviyo, KlaviyoCredential credential, CancellationToken cancellationToken)
    : IAsyncDisposable
{
    // Of candidates that are passed over nobody is asked, but they keep their place. So many are held in memory at most for one call.
    private const int MostInCall = 2_000;

    // The candidates in memory for all calls. Few are passed over in most runs, and then the calls at once are the limit.
    private const int MostHeld = 10 * MostInCall;

    private static readonly IReadOnlyDictionary<string, EmailConsent> Nobody = new Dictionary<string, EmailConsent>();

    private readonly Queue<(List<Candidate> Candidates, Task<IReadOnlyDictionary<string, EmailConsent>> Answer)> _asked = new();
    private readonly CancellationTokenSource _calls = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    private List<Candidate> _next = new(KlaviyoLimits.EmailsPerLookup);
    private int _toAsk;
    private int _held;

    /// <summary>Adds a candidate. Returns those whose answers have become due; most often there are none.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a call.</exception>
    public async ValueTask<IReadOnlyList<(Candidate Candidate, EmailConsent? Consent)>> AddAsync(Candidate candidate)
    {
        _next.Add(candidate);
        if (!candidate.IsPassedOver)
            _toAsk++;
        if (_toAsk < KlaviyoLimits.EmailsPerLookup && _next.Count < MostInCall)
            return [];
        Ask();
        return _asked.Count > InFlight.Lookups || _held > MostHeld ? await TakeAsync() : [];
    }

    /// <summary>Returns the remaining candidates in their order.</summary>
    /// <exception cref="KlaviyoRefusedException">Klaviyo refused a call.</exception>
    public async IAsyncEnumerable<(Candidate Candidate, EmailConsent? Consent)> RestAsync()
    {
        if (_next.Count > 0)
            Ask();
        while (_asked.Count > 0)
            foreach (var answered in await TakeAsync())
                yield return answered;
    }

    public async ValueTask DisposeAsync()
    {
        await _calls.CancelAsync();
        foreach (var (_, answer) in _asked)
            await answer.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        _calls.Dispose();
    }

    private void Ask()
    {
        var asked = _next;
        (_next, _toAsk) = (new(KlaviyoLimits.EmailsPerLookup), 0);
        _held += asked.Count;
        _asked.Enqueue((asked, AnswerAsync([.. asked.Where(candidate => !candidate.IsPassedOver).Select(candidate => candidate.Email)])));
    }

    private async Task<IReadOnlyDictionary<string, EmailConsent>> AnswerAsync(List<string> emails) =>
        emails.Count == 0 ? Nobody : (await klaviyo.FindConsentsAsync(credential, emails, _calls.Token)).ValueOrThrow();

    private async Task<IReadOnlyList<(Candidate, EmailConsent?)>> TakeAsync()
    {
        var (candidates, answer) = _asked.Peek();
        var consents = await answer;
        _asked.Dequeue();
        _held -= candidates.Count;
        return candidates.ConvertAll(candidate => (candidate, consents.GetValueOrDefault(candidate.Email)));
    }
}
