using System.Collections.Concurrent;
using KlaviyoExport.Klaviyo;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests.Klaviyo;

/// <summary>The client as the product registers it, with short pauses between attempts, and its log.</summary>
internal sealed class ClientRig : IDisposable
{
    private readonly ServiceProvider _services;
    private readonly LogCatcher _log = new();

    public ClientRig(string baseUrl, TimeProvider? time = null, params (string Key, string Value)[] settings)
        : this(baseUrl, time, null, settings) { }

    /// <param name="network">Stands where the network begins, below everything of the product's.</param>
    public ClientRig(string baseUrl, TimeProvider? time, HttpMessageHandler? network, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["Klaviyo:BaseUrl"] = baseUrl,
                    ["Klaviyo:Retry:Tries"] = "3",
                    ["Klaviyo:Retry:FirstDelay"] = "00:00:00.001",
                    ["Klaviyo:Retry:MaxDelay"] = "00:00:00.005",
                }
            )
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddSingleton(time ?? TimeProvider.System)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log))
            .AddKlaviyo();
        if (network is not null)
            services.AddHttpClient(nameof(KlaviyoClient)).ConfigurePrimaryHttpMessageHandler(() => network);
        _services = services.BuildServiceProvider(validateScopes: true);
        Client = _services.GetRequiredService<KlaviyoClient>();
    }

    public KlaviyoClient Client { get; }

    public KlaviyoCredential Key { get; } = KlaviyoCredential.FromPrivateKey("pk_secret", "account");

    public IReadOnlyList<string> Logged => [.. _log.Lines];

    public void Dispose() => _services.Dispose();

    private sealed class LogCatcher : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
