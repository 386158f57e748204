using KlaviyoExport.Connections;

namespace KlaviyoExport.Web.Pages.Connections.Editing;

/// <summary>What an administrator has changed of a connection and not yet saved.</summary>
public sealed class EditForm(ConnectionDetails stored)
{
    public string Name { get; set; } = stored.Name;

    public Sharing Sharing { get; set; } = stored.Sharing;

    public IReadOnlyList<string> Chosen { get; set; } = stored.ChosenContributors;

    /// <summary>A new one; empty: the stored one stays.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>Name of the Key Vault secret the key is read from.</summary>
    public string KeyVaultSecret { get; set; } = stored.KeyVaultSecret ?? "";

    public bool IsDirty =>
        Name != stored.Name
        || Sharing != stored.Sharing
        || ApiKey.Length > 0
        || NewSecret is not null
        || (Sharing == Sharing.ChosenContributors && !Chosen.ToHashSet().SetEquals(stored.ChosenContributors));

    /// <summary>The version that was edited.</summary>
    private int _version = stored.Version;

    /// <summary>Name of the text that says what keeps it from being saved.</summary>
    public string? Missing =>
        string.IsNullOrWhiteSpace(Name) ? "Missing.Name"
        : Sharing == Sharing.ChosenContributors && Chosen.Count == 0 ? "Missing.Contributors"
        : null;

    /// <summary>All of it but the key, which is entered again.</summary>
    public FilledIn Read() => new(Name, Sharing, [.. Chosen], KeyVaultSecret, _version);

    public void Write(FilledIn filled) =>
        (Name, Sharing, Chosen, KeyVaultSecret, _version) = (
            filled.Name,
            filled.Sharing,
            filled.Chosen,
            filled.KeyVaultSecret,
            filled.Version
        );

    public sealed record FilledIn(string Name, Sharing Sharing, string[] Chosen, string KeyVaultSecret, int Version);

    private string? NewSecret => KeyVaultSecret.Trim() is { Length: > 0 } name && name != stored.KeyVaultSecret ? name : null;

    public ConnectionChanges ToChanges() =>
        new()
        {
            Id = stored.Id,
            Name = Name,
            Sharing = Sharing,
            ChosenContributors = Chosen,
            ApiKey = string.IsNullOrWhiteSpace(ApiKey) ? null : ApiKey,
            KeyVaultSecret = NewSecret,
            Version = _version,
        };
}
