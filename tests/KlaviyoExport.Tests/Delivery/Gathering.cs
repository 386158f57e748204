using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests.Delivery;

/// <summary>
/// Holds certain calls until so many of them wait at the same time, and lets them and all later ones pass then. So a test with calls that
/// follow each other does not end.
/// </summary>
internal sealed class Gathering
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Gate> _gates = [];

    /// <summary>Holds the calls whose method and path end so.</summary>
    public Gate Hold(HttpMethod method, string pathEnd, int count)
    {
        var gate = new Gate(method, pathEnd, count);
        lock (_gates)
            _gates.Add(gate);
        return gate;
    }

    public void AddTo(IServiceCollection services) =>
        services.AddHttpClient(nameof(KlaviyoClient)).AddHttpMessageHandler(() => new Handler(this));

    internal sealed class Gate(HttpMethod method, string pathEnd, int count)
    {
        private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _waiting;

        /// <summary>The calls that have come so far.</summary>
        public int Waiting => Volatile.Read(ref _waiting);

        public bool IsFor(HttpRequestMessage request) =>
            request.Method == method && request.RequestUri!.AbsolutePath.TrimEnd('/').EndsWith(pathEnd, StringComparison.Ordinal);

        public async Task PassAsync(CancellationToken cancellationToken)
        {
            if (Interlocked.Increment(ref _waiting) == count)
                _open.TrySetResult();
            await _open.Task.WaitAsync(Patience, cancellationToken);
        }
    }

    private sealed class Handler(Gathering gathering) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Gate[] gates;
            lock (gathering._gates)
                gates = [.. gathering._gates.Where(gate => gate.IsFor(request))];
            foreach (var gate in gates)
                await gate.PassAsync(cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
