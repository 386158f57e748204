namespace KlaviyoExport.Runs;

/// <summary>
/// Follows up the end of a run, after it is in the store, on the machine that executed it. It may be missed when that machine is killed, so
/// it is for what should happen soon and would happen anyway.
/// </summary>
public delegate Task FollowRunEnd(int runId, CancellationToken cancellationToken);
