using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace KlaviyoExport.Tests;

/// <summary>All log lines of the product at all levels, with scopes and exceptions.</summary>
internal sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider? _scopes;

    public ConcurrentQueue<string> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() { }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            var scopes = new List<object?>();
            capture._scopes?.ForEachScope((scope, list) => list.Add(scope), scopes);
            var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
            capture.Lines.Enqueue(
                $"{logLevel} {category} {formatter(state, exception)} {string.Join(' ', values.Select(pair => pair.Value))} {string.Join(' ', scopes)} {exception}"
            );
        }
    }
}
