namespace KlaviyoExport.Alerts.Webhooks;

/// <summary>Decides which addresses a webhook can have: https, or http on the same machine, without user and fragment.</summary>
internal static class WebhookAddress
{
    /// <summary>Returns the address in the form in which it is stored. Null when a webhook cannot have it.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0
            ? address
            : null;
}
