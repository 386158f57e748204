namespace KlaviyoExport.People;

/// <summary>Section <c>LocalAccounts</c>: whether people may have a password here.</summary>
public sealed class LocalAccountsOptions
{
    public const string Section = "LocalAccounts";

    /// <summary>
    /// True by default. False: people sign in with the identity provider alone. Passwords that were set before stay stored and open
    /// nothing, and sessions that began with one have ended.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
