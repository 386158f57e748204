using KlaviyoExport.People;

namespace KlaviyoExport.Web.Hosting;

/// <summary>Responds to a failed request with an error page and the status code of the exception.</summary>
internal static class ErrorPage
{
    public static ExceptionHandlerOptions Options { get; } =
        new()
        {
            ExceptionHandlingPath = "/error",
            CreateScopeForErrors = true,
            StatusCodeSelector = exception =>
                exception switch
                {
                    // For example, a form without its antiforgery token, or a malformed body.
                    BadHttpRequestException bad => bad.StatusCode,
                    NotAllowedException => StatusCodes.Status403Forbidden,
                    LocalizedException => StatusCodes.Status400BadRequest,
                    _ => StatusCodes.Status500InternalServerError,
                },
        };
}
