using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Web.Pages.Connections.Editing;

/// <summary>The form of a connection that an administrator edits.</summary>
public sealed class EditForm(ConnectionDetails stored)
{
    public string Name { get; set; } = stored.Name;

    public Sharing Sharing { get; set; } = stored.Sharing;

    public IReadOnlyList<string> Chosen { get; set; } = stored.ChosenContributors;

    /// <summary>The new API key. Empty to keep the stored key.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The name of the Key Vault secret that contains the API key. Empty for none.</summary>
    public string KeyVaultSecret { get; set; } = stored.KeyVaultSecret ?? "";

    /// <summary>The maximum number of profiles of an export. Null for the maximum of the installation.</summary>
    public int? MaxProfilesPerExport { get; set; } = stored.MaxProfilesPerExport;

    public bool IsDirty =>
        Name != stored.Name
        || Sharing != stored.Sharing
        || MaxProfilesPerExport != stored.MaxProfilesPerExport
        || ApiKey.Length > 0
        || NewSecret is not null
        || (Sharing == Sharing.ChosenContributors && !Chosen.ToHashSet().SetEquals(stored.ChosenContributors));

    /// <summary>The version of the connection that the changes are based on.</summary>
    private int _version = stored.Version;

    /// <summary>The name of the text for what is missing. Null when the form can be saved.</summary>
    public string? Missing =>
        string.IsNullOrWhiteSpace(Name) ? "Missing.Name"
        : Sharing == Sharing.ChosenContributors && Chosen.Count == 0 ? "Missing.Contributors"
        : MaxProfilesPerExport is < 1 or > KlaviyoOptions.MostProfilesPerExport ? "Missing.MaxProfiles"
        : null;

    /// <summary>Returns the content of the form without the API key, which must be entered again.</summary>
    public FormState Read() => new(Name, Sharing, [.. Chosen], KeyVaultSecret, _version) { MaxProfilesPerExport = MaxProfilesPerExport };

    public void Write(FormState filled) =>
        (Name, Sharing, Chosen, KeyVaultSecret, MaxProfilesPerExport, _version) = (
            filled.Name,
            filled.Sharing,
            filled.Chosen,
            filled.KeyVaultSecret,
            filled.MaxProfilesPerExport,
            filled.Version
        );

    /// <summary>The content of the form as it is kept in the browser.</summary>
    public sealed record FormState(string Name, Sharing Sharing, string[] Chosen, string KeyVaultSecret, int Version)
    {
        public int? MaxProfilesPerExport { get; init; }
    }

    private string? NewSecret => KeyVaultSecret.Trim() is { Length: > 0 } name && name != stored.KeyVaultSecret ? name : null;

    public ConnectionChanges ToChanges() =>
        new()
        {
            Id = stored.Id,
            Name = Name,
            Sharing = Sharing,
            ChosenContributors = Chosen,
            MaxProfilesPerExport = MaxProfilesPerExport,
            ApiKey = string.IsNullOrWhiteSpace(ApiKey) ? null : ApiKey,
            KeyVaultSecret = NewSecret,
            Version = _version,
        };
}
