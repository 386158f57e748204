using System.Security.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>What a failed sign-in is called to the person who tried it.</summary>
internal static class ProviderFaults
{
    /// <param name="error">The provider's own word for it, where it sent one with the browser.</param>
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

    /// <summary>The provider's metadata, keys or tokens cannot be fetched.</summary>
    public static bool IsUnreachable(Exception? failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException
        || (failure is InvalidOperationException && failure.InnerException is { } inner && IsUnreachable(inner));
}
