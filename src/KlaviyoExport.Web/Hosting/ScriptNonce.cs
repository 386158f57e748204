using System.Security.Cryptography;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Allows the inline script of one response in its content security policy. For pages of packages: own pages have no inline scripts.
/// </summary>
internal static class ScriptNonce
{
    private static readonly object Key = new();

    /// <summary>Makes a nonce, and adds it to the policy of the response. Call it before the response starts.</summary>
    public static string Allow(HttpContext context)
    {
        var nonce = RandomNumberGenerator.GetHexString(32);
        context.Items[Key] = nonce;
        return nonce;
    }

    /// <summary>Returns the nonce of the response. Null for none.</summary>
    public static string? Of(HttpContext context) => context.Items[Key] as string;
}
