using System.Text.Json;
using System.Text.RegularExpressions;
using KlaviyoExport.ConfigurationFiles;
using KlaviyoExport.Data;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Web.Localization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Api;

/// <summary>Responds with problems of RFC 9457. The member <c>code</c> tells a program the kind of the problem.</summary>
internal static partial class ApiProblem
{
    // The name of a schema in the OpenAPI document is that of the type.
    [GeneratedRegex(@"KlaviyoExport\.(\w+\.)+(?=\w)")]
    private static partial Regex Namespaces();

    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The kind of the problem, such as "not-found". Part of the contract of the API.</param>
    /// <param name="detail">For people: what went wrong and what to do.</param>
    /// <param name="part">The part of the request body that is wrong. Null when it cannot be told.</param>
    /// <param name="more">A further member of the problem. Null for none.</param>
    public static ProblemHttpResult Of(
        int status,
        string code,
        string detail,
        string? part = null,
        (string Name, object? Value)? more = null
    )
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (more is { } member)
            extensions[member.Name] = member.Value;
        if (part is not null)
            extensions["part"] = part;
        return TypedResults.Problem(
            detail,
            statusCode: status,
            title: ReasonPhrases.GetReasonPhrase(status),
            type: $"urn:klaviyo-export:problem:{code}",
            extensions: extensions
        );
    }

    public static ProblemHttpResult NotAllowed() => Of(StatusCodes.Status403Forbidden, "not-allowed", Say(new NotAllowedException()));

    public static ProblemHttpResult NotFound() =>
        Of(StatusCodes.Status404NotFound, "not-found", "There is no such address in the API. See /api/docs.");

    /// <param name="methods">Those that the address has.</param>
    public static ProblemHttpResult WrongMethod(IEnumerable<string> methods) =>
        Of(
            StatusCodes.Status405MethodNotAllowed,
            "method-not-allowed",
            $"This address is for {string.Join(", ", methods)}. See /api/docs."
        );

    public static ProblemHttpResult WrongContent() =>
        Of(
            StatusCodes.Status415UnsupportedMediaType,
            "unsupported-content",
            "The header Content-Type names a kind of content that this address does not take. See /api/docs."
        );

    public static ProblemHttpResult NotSetUp() =>
        Of(
            StatusCodes.Status503ServiceUnavailable,
            "not-set-up",
            "This installation has no administrator yet. Open the setup link in the log of the server, or run the command add-administrator."
        );

    public static ProblemHttpResult TurnedOff() =>
        Of(StatusCodes.Status404NotFound, "turned-off", "The API of this installation is turned off (Api:Enabled).");

    public static ProblemHttpResult Unencrypted() =>
        Of(
            StatusCodes.Status403Forbidden,
            "unencrypted",
            "Use https. Anybody on the way could read a token that was sent with this request: revoke it and create another one."
        );

    /// <summary>Responds to requests that end with an exception. Only faults of the server are logged as errors.</summary>
    public static ExceptionHandlerOptions Options { get; } =
        new()
        {
            ExceptionHandler = HandleAsync,
            SuppressDiagnosticsCallback = context => context.Exception is LocalizedException or BadHttpRequestException,
        };

    /// <summary>Responds where the code that reads requests has set a status and no body.</summary>
    public static Task WithoutBodyAsync(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        var limit = context.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        return (
            status switch
            {
                StatusCodes.Status413PayloadTooLarge => TooLarge(limit),
                StatusCodes.Status415UnsupportedMediaType => WrongContent(),
                _ => Of(status, "malformed", "The request cannot be read."),
            }
        ).ExecuteAsync(context.HttpContext);
    }

    private static ProblemHttpResult TooLarge(long? limit) =>
        Of(StatusCodes.Status413PayloadTooLarge, "too-large", $"The body has more than {limit} bytes, the limit of this installation.");

    private static async Task HandleAsync(HttpContext context)
    {
        var fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        if (fault is not null && StoreFaults.IsTransient(fault))
            context.Response.Headers.RetryAfter = "5";
        var problem = Of(fault, context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize);
        if (fault is LocalizedException { LocalizedMessage: var message } && Troubleshooting.AddressOf(message) is { } help)
            problem.ProblemDetails.Extensions["help"] = $"{context.Request.PathBase}/{help}";
        await problem.ExecuteAsync(context);
    }

    private static ProblemHttpResult Of(Exception? fault, long? limit) =>
        fault switch
        {
            BadHttpRequestException { InnerException: JsonException json } => Of(
                StatusCodes.Status400BadRequest,
                "malformed",
                $"The body does not fit this endpoint. {Namespaces().Replace(json.Message, "")}",
                json.Path
            ),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => TooLarge(limit),
            BadHttpRequestException bad => Of(bad.StatusCode, "malformed", bad.Message),
            NotAllowedException => NotAllowed(),
            GoneException gone => Of(StatusCodes.Status404NotFound, "not-found", Say(gone)),
            ExportConflictException or ChangedMeanwhileException or ConfigurationChangedException => Of(
                StatusCodes.Status412PreconditionFailed,
                "changed-meanwhile",
                Say((LocalizedException)fault)
            ),
            ExportInvalidException invalid => Of(
                StatusCodes.Status422UnprocessableEntity,
                "invalid",
                Say(invalid),
                JsonNamingPolicy.CamelCase.ConvertName(invalid.Part.ToString())
            ),
            ConfigurationInvalidException file => Of(
                StatusCodes.Status422UnprocessableEntity,
                "invalid",
                Say(file),
                more: ("faults", file.Faults)
            ),
            LocalizedException refused => Of(StatusCodes.Status422UnprocessableEntity, "refused", Say(refused)),
            not null when StoreFaults.IsTransient(fault) => Of(
                StatusCodes.Status503ServiceUnavailable,
                "unavailable",
                "The store does not respond. Nothing was changed. Try again."
            ),
            _ => Of(
                StatusCodes.Status500InternalServerError,
                "internal",
                "The server failed. The log has the details, with the time of this request."
            ),
        };

    private static string Say(LocalizedException fault) => fault.LocalizedMessage.ForReader();
}
