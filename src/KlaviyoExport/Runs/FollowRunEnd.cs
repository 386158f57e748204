namespace KlaviyoExport.Runs;

/// <summary>
/// Is called after the end of a run is stored, on the server that executed the run. The call is lost when that server is killed, so use it
/// only for work that should happen soon and would otherwise happen later.
/// </summary>
public delegate Task FollowRunEnd(int runId, CancellationToken cancellationToken);
