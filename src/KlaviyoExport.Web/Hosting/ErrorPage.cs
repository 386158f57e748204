using KlaviyoExport.People;

namespace KlaviyoExport.Web.Hosting;

/// <summary>What a request is answered when it failed: a page, and the status that tells whose fault it was.</summary>
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
                    // A form without its token, or a body that is none.
                    BadHttpRequestException bad => bad.StatusCode,
                    NotAllowedException => StatusCodes.Status403Forbidden,
                    LocalizedException => StatusCodes.Status400BadRequest,
                    _ => StatusCodes.Status500InternalServerError,
                },
        };
}
