using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Api.Runs;

/// <summary>
/// Responds with a run. With the header <c>Prefer: wait=N</c> (RFC 7240), it waits at most N seconds, and at most <see cref="Longest"/>, until
/// the run has ended or needs approval.
/// </summary>
internal sealed class RunWait(RunQueries runs, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>Proxies close a request without a response after a minute.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <summary>Responds with 200 when the run has ended or needs approval, else with 202.</summary>
    public async Task<Results<Ok<RunResource>, Accepted<RunResource>>> AnswerAsync(
        HttpContext context,
        Actor actor,
        int runId,
        CancellationToken cancellationToken
    )
    {
        if (WaitOf(context.Request) is { } wait)
        {
            context.Response.Headers["Preference-Applied"] = $"wait={wait.TotalSeconds.ToString(CultureInfo.InvariantCulture)}";
            await UntilRestAsync(actor, runId, wait, cancellationToken);
        }
        var run = await runs.GetAsync(actor, runId, cancellationToken);
        var answer = RunResource.Of(run);
        if (run.Run.State.IsAtRest())
            return TypedResults.Ok(answer);
        context.Response.Headers.RetryAfter = "2";
        return TypedResults.Accepted(context.PathTo($"runs/{runId}"), answer);
    }

    private async Task UntilRestAsync(Actor actor, int runId, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(wait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await foreach (var news in changes.WatchAsync(runId, either.Token))
            {
                if (news == FeedNews.Changed && (await runs.GetAsync(actor, runId, either.Token)).Run.State.IsAtRest())
                    return;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over. The response tells how far the run is.
        }
    }

    private static TimeSpan? WaitOf(HttpRequest request)
    {
        foreach (var preference in request.Headers.GetCommaSeparatedValues("Prefer"))
        {
            if (
                preference.Split(';')[0].Split('=') is [var name, var value]
                && name.Trim().Equals("wait", StringComparison.OrdinalIgnoreCase)
                && int.TryParse(value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                && seconds > 0
            )
                return seconds < Longest.TotalSeconds ? TimeSpan.FromSeconds(seconds) : Longest;
        }
        return null;
    }
}
