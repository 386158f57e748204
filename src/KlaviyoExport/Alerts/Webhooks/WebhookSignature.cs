using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace KlaviyoExport.Alerts.Webhooks;

/// <summary>
/// The signature of a request to a webhook: <c>t=&lt;seconds since 1970&gt;,v1=&lt;hex&gt;</c>, where the hex digits are the HMAC-SHA256 of
/// the same seconds, a dot and the body, with the secret of the webhook as its key.
/// </summary>
internal static class WebhookSignature
{
    public const string Header = "X-Klaviyo-Export-Signature";

    public static string Of(string secret, DateTimeOffset at, byte[] body)
    {
        var seconds = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(seconds + "."));
        hmac.AppendData(body);
        return $"t={seconds},v1={Convert.ToHexStringLower(hmac.GetHashAndReset())}";
    }
}
