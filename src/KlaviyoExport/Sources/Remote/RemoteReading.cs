namespace KlaviyoExport.Sources.Remote;

/// <summary>An opened store: each question to it has a time limit, and its errors become faults.</summary>
internal sealed class RemoteReading(RemoteStore store, string name, TimeSpan patience)
{
    public RemoteStore Store => store;

    /// <summary>The name of the source in messages.</summary>
    public string Name => name;

    public Task ConnectAsync(CancellationToken cancellationToken) =>
        AskAsync(
            async token =>
            {
                await store.ConnectAsync(token);
                return true;
            },
            cancellationToken
        );

    /// <exception cref="SourceException">The store cannot be listed, or there is no file to read.</exception>
    public async Task<RemoteFindings> ListAsync(RemoteFiles files, string place, CancellationToken cancellationToken) =>
        await RemoteFindings.OfAsync(EachAsync(cancellationToken), files, place);

    /// <exception cref="SourceException">The store does not answer in time, or its answer is an error.</exception>
    public async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return await ask(limit.Token);
        }
        catch (Exception exception) when (exception is not SourceException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (limit.IsCancellationRequested)
                throw new SourceException(SourceFault.Silent(name, patience));
            if (store.FaultOf(exception) is { } fault)
                throw new SourceException(fault);
            throw;
        }
    }

    private async IAsyncEnumerable<RemoteFile> EachAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var files = store.ListAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        while (
            await AskAsync(
                async _ =>
                {
                    limit.CancelAfter(patience);
                    try
                    {
                        return await files.MoveNextAsync();
                    }
                    catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                    {
                        throw new SourceException(SourceFault.Silent(name, patience));
                    }
                },
                cancellationToken
            )
        )
            yield return files.Current;
    }
}
