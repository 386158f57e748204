using System.Globalization;
using System.Text.RegularExpressions;
using Azure;
using Azure.Identity;
using KlaviyoExport.Sources.Servers;
using Microsoft.Identity.Client;

namespace KlaviyoExport.Sources.Entra;

/// <summary>Converts failed sign-ins to Microsoft Entra to messages. Entra's own text is not repeated.</summary>
internal static partial class EntraFaults
{
    /// <returns>Null when the exception is not a failed sign-in.</returns>
    public static SourceFault? Explain(Exception failed, SourceServer server, string name) =>
        failed switch
        {
            OperationCanceledException => Unreachable(),
            CredentialUnavailableException => new LocalizedMessage("Sources.NoMachineIdentity"),
            AuthenticationFailedException or RequestFailedException when CodeOf(failed) is { } code => OfCode(code, server, name),
            AuthenticationFailedException or RequestFailedException when IsNetwork(failed) => Unreachable(),
            AuthenticationFailedException when server.SignIn.IsOfMachine() => new LocalizedMessage("Sources.NoMachineIdentity"),
            AuthenticationFailedException => new LocalizedMessage("Sources.EntraFailed", server.User),
            AggregateException => Unreachable(),
            _ => null,
        };

    /// <summary>Returns the number of Entra's error, such as 7000215. Null when there is none.</summary>
    public static string? CodeOf(Exception failed)
    {
        for (var told = failed; told is not null; told = told.InnerException)
            if (Code().Match($"{told.Message} {(told as MsalServiceException)?.ResponseBody}") is { Success: true, Groups: var groups })
                return groups[1].Value;
        return null;
    }

    internal static SourceFault OfCode(string code, SourceServer server, string name) =>
        int.Parse(code, CultureInfo.InvariantCulture) switch
        {
            7000215 or 7000216 => new LocalizedMessage("Sources.EntraSecretWrong", server.User),
            7000222 => new LocalizedMessage("Sources.EntraSecretExpired", server.User),
            700016 or 7000112 or 700027 => new LocalizedMessage("Sources.EntraNoApplication", server.User, server.Tenant),
            90002 or 90023 or 900021 or 900023 or 900024 => new LocalizedMessage("Sources.EntraNoTenant", server.Tenant),
            500011 or 500014 or 650052 or 50001 => new LocalizedMessage("Sources.EntraNoResource", server.Host, server.Tenant),
            53000 or 53001 or 53002 or 53003 or 530032 or 53011 => new LocalizedMessage("Sources.EntraBlocked", server.User),
            50196 or 90014 or 90033 or 90013 or 50194 => new SourceFault(
                SourceFaultKind.Busy,
                new LocalizedMessage("Sources.EntraBusy", code)
            ),
            _ => new LocalizedMessage("Sources.EntraRefused", name, code),
        };

    private static bool IsNetwork(Exception failed) =>
        ServerFaults.Find<HttpRequestException>(failed) is not null
        || ServerFaults.Find<RequestFailedException>(failed) is { Status: 0 or 429 or >= 500 }
        || ServerFaults.Find<AggregateException>(failed) is not null
        || ServerFaults.Find<OperationCanceledException>(failed) is not null;

    private static SourceFault Unreachable() => new(SourceFaultKind.Refused, new LocalizedMessage("Sources.EntraUnreachable"));

    [GeneratedRegex(@"AADSTS(\d{4,9})", RegexOptions.CultureInvariant)]
    private static partial Regex Code();
}
