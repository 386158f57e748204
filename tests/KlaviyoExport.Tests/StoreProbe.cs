using System.Data.Common;
using KlaviyoExport.Data;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Tests;

/// <summary>Records every statement to a SQLite store, and can make the store unavailable, or as late as a server.</summary>
internal sealed class StoreProbe : DbCommandInterceptor
{
    private int _statements;
    private int _blocking;
    private (string Text, Func<Task> Action)? _before;

    /// <summary>All statements so far.</summary>
    public int Statements => Volatile.Read(ref _statements);

    /// <summary>The statements that blocked their thread.</summary>
    public int Blocking => Volatile.Read(ref _blocking);

    /// <summary>Whether every statement fails, as when the store is locked for too long.</summary>
    public bool IsDown { get; set; }

    /// <summary>Whether asynchronous statements are answered later, as by a database server. SQLite answers them at once.</summary>
    public bool AnswersLater { get; set; }

    /// <summary>Runs an action once, before the next asynchronous query that contains the text.</summary>
    public void Before(string text, Func<Task> action) => _before = (text, action);

    public void AddTo(IServiceCollection services) => services.ConfigureDbContext<SqliteAppDb>(options => options.AddInterceptors(this));

    public override InterceptionResult<DbDataReader> ReaderExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result
    ) => See(result, blocks: true);

    public override InterceptionResult<int> NonQueryExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result
    ) => See(result, blocks: true);

    public override InterceptionResult<object> ScalarExecuting(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<object> result
    ) => See(result, blocks: true);

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<DbDataReader> result,
        CancellationToken cancellationToken = default
    )
    {
        if (_before is { } before && command.CommandText.Contains(before.Text, StringComparison.Ordinal))
        {
            _before = null;
            await before.Action();
        }
        return await SeeAsync(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<int> result,
        CancellationToken cancellationToken = default
    ) => SeeAsync(result);

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(
        DbCommand command,
        CommandEventData eventData,
        InterceptionResult<object> result,
        CancellationToken cancellationToken = default
    ) => SeeAsync(result);

    private async ValueTask<InterceptionResult<T>> SeeAsync<T>(InterceptionResult<T> result)
    {
        if (AnswersLater)
            await Task.Yield();
        return See(result, blocks: false);
    }

    private InterceptionResult<T> See<T>(InterceptionResult<T> result, bool blocks)
    {
        Interlocked.Increment(ref _statements);
        if (blocks)
            Interlocked.Increment(ref _blocking);
        return IsDown ? throw new SqliteException("The store is down.", 5) : result;
    }
}
