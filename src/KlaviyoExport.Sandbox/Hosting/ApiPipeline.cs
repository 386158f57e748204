using System.Diagnostics;
using System.Globalization;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Sandbox.JsonApi;
using KlaviyoExport.Sandbox.RateLimits;
using KlaviyoExport.Sandbox.Requests;
using Microsoft.Extensions.Logging.Abstractions;

namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>
/// Processes a request under <c>/api</c> in this order: path and method, credentials, rate limits, faults, revision, scopes, media types,
/// body size, query, and then the call itself.
/// </summary>
internal sealed class ApiPipeline(SandboxState state, SandboxOptions options)
{
    private readonly ILogger _logger = (options.LoggerFactory ?? NullLoggerFactory.Instance).CreateLogger<ApiPipeline>();

    public async Task Handle(HttpContext http)
    {
        var (start, at, latency) = (Stopwatch.GetTimestamp(), state.Now, new Latency(state));
        // As Klaviyo's other times, by the clock of the sandbox.
        http.Response.Headers.Date = at.ToString("R", CultureInfo.InvariantCulture);
        var visit = new Visit();
        var answer = await Answered(http, visit);
        await latency.Pass(http);
        var sent = answer is not null && await FaultyAnswer.Send(http, answer, visit.Faults, visit.Limits);
        state.Log.Add(
            new RequestEntry(
                at,
                http.Request.Method,
                http.Request.Path,
                sent ? answer!.Status : 0,
                answer?.Count,
                Stopwatch.GetElapsedTime(start),
                visit.Who,
                string.Join(", ", visit.Faults.Select(f => f.Kind))
            )
        );
    }

    private async Task<Answer?> Answered(HttpContext http, Visit visit)
    {
        try
        {
            return await Answered(http, http.Request, visit);
        }
        catch (Refusal refusal)
        {
            return Answer.Errors(refusal.Errors) with { Count = refusal.Errors.Count };
        }
        catch (Exception e) when (http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            return null;
        }
        catch (BadHttpRequestException e)
        {
            return Answer.Errors(
                new ApiError(e.StatusCode, "invalid", "Invalid input.", "The request could not be read.") { Pointer = "/data" }
            );
        }
        // An error of the sandbox looks like one of Klaviyo's. The log tells them apart.
        catch (Exception e)
        {
            Log.CallFailed(_logger, http.Request.Method, http.Request.Path, e);
            return Answer.Errors(
                new ApiError(500, "error", "A server error occurred.", "The sandbox itself failed; see its log.") { Pointer = "/data/" }
            );
        }
    }

    private async Task<Answer?> Answered(HttpContext http, HttpRequest request, Visit visit)
    {
        var (call, route, allowed) = CallTable.Find(request.Method, request.Path.Value!);
        if (call is null)
            return Unknown(request, allowed);
        Credential credential;
        lock (state.Gate)
            credential = Credentials.Find(request, state);
        visit.Who = credential.Name;
        var (endpoint, quota) = call.Window(request.Query);
        Throttled throttled;
        lock (state.Gate)
            throttled = state.Throttle.Take(credential.QuotaOwner, endpoint, quota);
        if (throttled.RetryAfterSeconds is { } wait)
            return Answer.Errors(ApiError.Throttled(wait)) with { RetryAfterSeconds = wait };
        visit.Limits = throttled;
        visit.Faults = state.Faults.Take(call.Id, request.Method, request.Path.Value!, request.QueryString.Value ?? "");
        if (!await FaultyRequest.Pass(http, visit.Faults, state.Clock))
            return null;
        if (FaultyRequest.Answer(visit.Faults) is { } instead)
            return instead;
        RequestChecks.Revision(request, state.Now, options.Revision);
        RequestChecks.Scopes(call, credential);
        RequestChecks.MediaTypes(call, request);
        var body = call.MaxBody is { } max ? await RequestChecks.Body(request, max, http.RequestAborted) : default;
        var context = new CallContext(state, credential, route, call.Query.Read(request.Query), request) { Body = body };
        lock (state.Gate)
        {
            var answer = call.Handle(context);
            state.Journal.Commit();
            return answer;
        }
    }

    private static Answer Unknown(HttpRequest request, IReadOnlyList<string> allowed) =>
        allowed.Count == 0
            ? Answer.Errors(ApiError.NotFound($"The path {request.Path} does not exist.", "/"))
            : Answer.Errors(
                new ApiError(
                    405,
                    "method_not_allowed",
                    "Method not allowed.",
                    string.Create(CultureInfo.InvariantCulture, $"Method \"{request.Method}\" not allowed.")
                )
                {
                    Pointer = "/data/",
                }
            ) with
            {
                Allow = string.Join(", ", allowed),
            };

    private sealed class Visit
    {
        public string? Who { get; set; }

        public Throttled? Limits { get; set; }

        public IReadOnlyList<Fault> Faults { get; set; } = [];
    }
}
