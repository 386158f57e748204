using KlaviyoExport.Alerts.Mail;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Alerts;

/// <summary>Section <c>Alerts</c>: the links in mails and webhooks, and which alerts share a message.</summary>
public sealed class AlertOptions
{
    public const string Section = "Alerts";

    /// <summary>The number of days before Klaviyo retires the API revision at which people are told.</summary>
    public const int RevisionWarningDays = 180;

    /// <summary>
    /// The address at which people open the product, such as https://exports.company.example, with its path when it has one. Links in
    /// mails and webhooks start with it. Required when a mail server is configured.
    /// </summary>
    public string PublicAddress { get; set; } = "";

    /// <summary>How long an alert waits for further alerts, which are then sent in the same message. From 0 to 1 hour.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Returns the full address of a page. Null when <see cref="PublicAddress"/> is not set.</summary>
    /// <param name="path">The path without a slash at its start, and the query.</param>
    internal Uri? AddressOf(string path) =>
        PublicAddress.Length == 0 ? null : new Uri(new Uri(PublicAddress.TrimEnd('/') + "/", UriKind.Absolute), path);

    internal sealed class Validator(IOptions<MailOptions> mail) : IValidateOptions<AlertOptions>
    {
        public ValidateOptionsResult Validate(string? name, AlertOptions options)
        {
            var faults = new List<string>();
            if (
                options.PublicAddress.Length > 0
                && !(
                    Uri.TryCreate(options.PublicAddress, UriKind.Absolute, out var address)
                    && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
                    && address.UserInfo.Length + address.Query.Length + address.Fragment.Length == 0
                )
            )
                faults.Add(
                    $"{Section}:{nameof(PublicAddress)} must be the address at which people open the product, like "
                        + "https://exports.company.example, without user, query or fragment."
                );
            // The faults of the mail section are reported by its own validator.
            if (options.PublicAddress.Length == 0 && MailIsConfigured())
                faults.Add(
                    $"{MailOptions.Section}:{nameof(MailOptions.Host)} is set, and {Section}:{nameof(PublicAddress)} is not. Set it to the "
                        + "address at which people open the product, which the links in mails start with."
                );
            if (options.Window < TimeSpan.Zero || options.Window > TimeSpan.FromHours(1))
                faults.Add($"{Section}:{nameof(Window)} must be from 00:00:00 to 01:00:00.");
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }

        private bool MailIsConfigured()
        {
            try
            {
                return mail.Value.IsConfigured;
            }
            catch (OptionsValidationException)
            {
                return false;
            }
        }
    }
}
