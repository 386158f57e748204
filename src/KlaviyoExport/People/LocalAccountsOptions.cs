namespace KlaviyoExport.People;

/// <summary>Section <c>LocalAccounts</c>: whether people may sign in with a password of this product.</summary>
public sealed class LocalAccountsOptions
{
    public const string Section = "LocalAccounts";

    /// <summary>
    /// Whether passwords are enabled. When false, people can sign in only with the identity provider, which must be configured. Existing
    /// passwords remain stored but cannot be used, and sessions that began with a password end.
    /// </summary>
    public bool Enabled { get; set; } = true;
}
