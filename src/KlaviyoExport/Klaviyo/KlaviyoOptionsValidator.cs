using System.Globalization;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Klaviyo;

/// <summary>Validates <see cref="KlaviyoOptions"/>. Reports all faults together, each with the name of the setting.</summary>
internal sealed class KlaviyoOptionsValidator : IValidateOptions<KlaviyoOptions>
{
    public ValidateOptionsResult Validate(string? name, KlaviyoOptions options)
    {
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(KlaviyoOptions options)
    {
        if (!IsValidBaseAddress(options.BaseUrl))
            yield return "Klaviyo:BaseUrl must be an https address (http only on the loopback) without user, query or fragment, like "
                + "https://a.klaviyo.com.";
        if (!IsValidRevision(options.Revision))
            yield return "Klaviyo:Revision must be a date like 2026-07-15, optionally with a suffix like 2026-07-15.pre.";
        if (options.MaxProfilesPerExport is < 1 or > KlaviyoOptions.MostProfilesPerExport)
            yield return "Klaviyo:MaxProfilesPerExport must be from 1 to 1000000.";
        if (options.Retry.Tries is < 1 or > 20)
            yield return "Klaviyo:Retry:Tries must be from 1 to 20.";
        if (options.Retry.FirstDelay < TimeSpan.FromMilliseconds(1) || options.Retry.FirstDelay > TimeSpan.FromMinutes(1))
            yield return "Klaviyo:Retry:FirstDelay must be from 00:00:00.001 to 00:01:00.";
        if (options.Retry.MaxDelay < options.Retry.FirstDelay || options.Retry.MaxDelay > TimeSpan.FromHours(1))
            yield return "Klaviyo:Retry:MaxDelay must be from Klaviyo:Retry:FirstDelay to 01:00:00.";
        if (options.Retry.Patience < TimeSpan.Zero || options.Retry.Patience > TimeSpan.FromHours(1))
            yield return "Klaviyo:Retry:Patience must be from 00:00:00 to 01:00:00.";
        if (options.Retry.TryTimeout < TimeSpan.FromSeconds(1) || options.Retry.TryTimeout > TimeSpan.FromMinutes(10))
            yield return "Klaviyo:Retry:TryTimeout must be from 00:00:01 to 00:10:00.";
        if (options.Retry.Deadline < options.Retry.TryTimeout || options.Retry.Deadline > TimeSpan.FromDays(1))
            yield return "Klaviyo:Retry:Deadline must be from Klaviyo:Retry:TryTimeout to 1.00:00:00.";
    }

    /// <summary>Returns whether a secret may be sent to the address: it uses https, or http on the loopback address.</summary>
    internal static bool IsValidBaseAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0;

    private static bool IsValidRevision(string? text)
    {
        var date = text?.Split('.', 2);
        return date is [var day, ..]
            && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && (date.Length == 1 || (date[1].Length > 0 && date[1].All(char.IsAsciiLetterOrDigit)));
    }
}
