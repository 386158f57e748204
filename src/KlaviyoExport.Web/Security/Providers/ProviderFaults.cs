using System.Security.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>Returns the message that a person sees when a sign-in at an identity provider fails.</summary>
internal static class ProviderFaults
{
    /// <param name="failure">The exception that ended the sign-in.</param>
    /// <param name="error">The error code that the provider sent with the browser. Null when it sent none.</param>
    public static LocalizedMessage Of(Exception? failure, string? error) =>
        new(
            error switch
            {
                "access_denied" => "People.ProviderDenied",
                { Length: > 0 } => "People.ProviderFailed",
                _ when failure
                        is SecurityTokenException
                            or SecurityTokenArgumentException
                            or OpenIdConnectProtocolException
                            or AuthenticationException => "People.ProviderUnbelievable",
                _ when IsUnreachable(failure) => "People.ProviderUnreachable",
                _ => "People.ProviderFailed",
            }
        );

    /// <summary>Whether the exception means that the provider's metadata, keys or tokens cannot be fetched.</summary>
    public static bool IsUnreachable(Exception? failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException
        || (failure is InvalidOperationException && failure.InnerException is { } inner && IsUnreachable(inner));
}
