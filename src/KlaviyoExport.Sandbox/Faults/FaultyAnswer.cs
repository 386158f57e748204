using System.Globalization;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.RateLimits;

namespace KlaviyoExport.Sandbox.Faults;

/// <summary>Sends responses, altered by the faults that affect them.</summary>
internal static class FaultyAnswer
{
    private static readonly byte[] Page =
        "<!doctype html><title>Bad gateway</title><h1>This page came from something in between.</h1>"u8.ToArray();

    /// <returns>Whether a complete response was sent.</returns>
    public static async Task<bool> Send(HttpContext http, Answer answer, IReadOnlyList<Fault> faults, Throttled? limits)
    {
        if (FaultyRequest.Of(faults, FaultKind.LoseAnswer) is not null)
        {
            http.Abort();
            return false;
        }
        if (FaultyRequest.Of(faults, FaultKind.Truncate) is not null)
            answer = answer with { Body = answer.Body[..(answer.Body.Length / 2)] };
        if (FaultyRequest.Of(faults, FaultKind.Empty) is not null)
        {
            http.Response.ContentType = answer.ContentType;
            answer = answer with { Body = default };
        }
        if (FaultyRequest.Of(faults, FaultKind.NotJson) is not null)
            answer = answer with { Body = Page, ContentType = "text/html; charset=utf-8" };
        if (FaultyRequest.Of(faults, FaultKind.WrongMediaType) is not null)
            answer = answer with { ContentType = "text/plain" };
        Head(http.Response, answer, limits);
        // A status 204 allows no write, not even an empty one: it would close the connection.
        if (answer.Body.IsEmpty)
            return true;
        if (FaultyRequest.Of(faults, FaultKind.ResetMidAnswer) is null)
        {
            await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
            return true;
        }
        await http.Response.Body.WriteAsync(answer.Body[..(answer.Body.Length / 2)], http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        http.Abort();
        return false;
    }

    private static void Head(HttpResponse response, Answer answer, Throttled? limits)
    {
        response.StatusCode = answer.Status;
        if (answer.Status == 429)
            limits = null;
        if (limits is { } window)
        {
            response.Headers["RateLimit-Limit"] = window.Limit.ToString(CultureInfo.InvariantCulture);
            response.Headers["RateLimit-Remaining"] = window.Remaining.ToString(CultureInfo.InvariantCulture);
            response.Headers["RateLimit-Reset"] = window.ResetSeconds.ToString(CultureInfo.InvariantCulture);
        }
        if (answer.RetryAfterSeconds is { } wait)
            response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        if (answer.Allow is { } allow)
            response.Headers.Allow = allow;
        if (answer.Status == 204)
            return;
        if (!answer.Body.IsEmpty)
            response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
    }
}
