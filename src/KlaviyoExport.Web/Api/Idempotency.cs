using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.People.Tokens;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KlaviyoExport.Web.Api;

/// <summary>
/// Executes a request with the header <c>Idempotency-Key</c> once. When it is sent again within a day, the first response is repeated, with
/// the header <c>Idempotency-Replayed: true</c>.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";

    private const int LongestKey = 255;

    /// <summary>The path of the API that the middleware watches. Only POST requests change something that a repeat would change again.</summary>
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (
            !HttpMethods.IsPost(context.Request.Method)
            || context.Request.Headers[Header].ToString() is not { Length: > 0 } key
            || TokenAuthentication.CallerOf(context) is not { } caller
        )
        {
            await next(context);
            return;
        }
        if (key.Length > LongestKey)
        {
            await Fault(StatusCodes.Status400BadRequest, $"{Header} has more than {LongestKey} characters.").ExecuteAsync(context);
            return;
        }
        var requests = context.RequestServices.GetRequiredService<ApiRequests>();
        var begun = await requests.BeginAsync(caller.Actor.Id, key, await FingerprintAsync(context.Request), context.RequestAborted);
        switch (begun.State)
        {
            case ApiRequestState.Differs:
                await Fault(
                        StatusCodes.Status422UnprocessableEntity,
                        $"The {Header} was used for another request. Use a new one for each request."
                    )
                    .ExecuteAsync(context);
                break;
            case ApiRequestState.InProgress:
                context.Response.Headers.RetryAfter = "5";
                await Fault(StatusCodes.Status409Conflict, $"A request with this {Header} is still in progress. Try again later.")
                    .ExecuteAsync(context);
                break;
            case ApiRequestState.Answered:
                await ReplayAsync(context.Response, begun.Request);
                break;
            default:
                await ExecuteAsync(context, next, requests, begun.Request.Id);
                break;
        }
    }

    private static ProblemHttpResult Fault(int status, string detail) => ApiProblem.Of(status, "idempotency-key", detail);

    private static async Task ExecuteAsync(HttpContext context, RequestDelegate next, ApiRequests requests, long id)
    {
        var output = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        var isDone = false;
        try
        {
            await next(context);
            isDone = context.Response.StatusCode < StatusCodes.Status500InternalServerError;
        }
        finally
        {
            context.Response.Body = output;
            // Store the response even if the caller has gone: it will ask again.
            if (isDone)
                await requests.CompleteAsync(
                    id,
                    context.Response.StatusCode,
                    context.Response.ContentType,
                    context.Response.Headers.Location,
                    body.ToArray(),
                    CancellationToken.None
                );
            else
                await requests.ForgetAsync(id, CancellationToken.None);
        }
        await output.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), context.RequestAborted);
    }

    private static async Task ReplayAsync(HttpResponse response, ApiRequest request)
    {
        response.StatusCode = request.Status!.Value;
        response.ContentType = request.ContentType;
        if (request.Location is { } location)
            response.Headers.Location = location;
        response.Headers["Idempotency-Replayed"] = "true";
        await response.Body.WriteAsync(request.Body);
    }

    private static async Task<byte[]> FingerprintAsync(HttpRequest request)
    {
        request.EnableBuffering();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n"));
        var buffer = new byte[16 * 1024];
        while (await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted) is > 0 and var read)
            hash.AppendData(buffer, 0, read);
        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }
}
