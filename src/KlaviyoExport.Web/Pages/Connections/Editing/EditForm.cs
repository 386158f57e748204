using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Secrets;

namespace KlaviyoExport.Web.Pages.Connections.Editing;

/// <summary>The form of a connection that an administrator edits.</summary>
public sealed class EditForm(ConnectionDetails stored)
{
    public string Name { get; set; } = stored.Name;

    public Sharing Sharing { get; set; } = stored.Sharing;

    public IReadOnlyList<string> Chosen { get; set; } = stored.ChosenContributors;

    /// <summary>The new API key. Empty to keep the stored key.</summary>
    public string ApiKey { get; set; } = "";

    /// <summary>The kind of place where the API key is kept. Null when it is stored.</summary>
    public SecretPlaceKind? KeyIn { get; set; } = stored.KeyFrom?.Kind;

    /// <summary>The name of the Key Vault secret or variable, or the path of the file, with the API key.</summary>
    public string? KeyName { get; set; } = stored.KeyFrom?.Name;

    /// <summary>The maximum number of profiles of an export. Null for the maximum of the installation.</summary>
    public int? MaxProfilesPerExport { get; set; } = stored.MaxProfilesPerExport;

    public bool IsDirty =>
        Name != stored.Name
        || Sharing != stored.Sharing
        || MaxProfilesPerExport != stored.MaxProfilesPerExport
        || ApiKey.Length > 0
        || KeyIn != stored.KeyFrom?.Kind
        || NewPlace is not null
        || (Sharing == Sharing.ChosenContributors && !Chosen.ToHashSet().SetEquals(stored.ChosenContributors));

    /// <summary>The version of the connection that the changes are based on.</summary>
    private int _version = stored.Version;

    /// <summary>The name of the text for what is missing. Null when the form can be saved.</summary>
    public string? Missing =>
        string.IsNullOrWhiteSpace(Name) ? "Missing.Name"
        : Sharing == Sharing.ChosenContributors && Chosen.Count == 0 ? "Missing.Contributors"
        : MaxProfilesPerExport is < 1 or > KlaviyoOptions.MostProfilesPerExport ? "Missing.MaxProfiles"
        : KeyIn is not null && string.IsNullOrWhiteSpace(KeyName) ? "Missing.KeyName"
        : KeyIn is null && stored.KeyFrom is not null && string.IsNullOrWhiteSpace(ApiKey) ? "Missing.Key"
        : null;

    /// <summary>Returns the content of the form without the API key, which must be entered again.</summary>
    public FormState Read() =>
        new(Name, Sharing, [.. Chosen], _version)
        {
            MaxProfilesPerExport = MaxProfilesPerExport,
            KeyIn = KeyIn,
            KeyName = KeyName,
        };

    public void Write(FormState filled) =>
        (Name, Sharing, Chosen, KeyIn, KeyName, MaxProfilesPerExport, _version) = (
            filled.Name,
            filled.Sharing,
            filled.Chosen,
            filled.KeyIn,
            filled.KeyName,
            filled.MaxProfilesPerExport,
            filled.Version
        );

    /// <summary>The content of the form as it is kept in the browser.</summary>
    public sealed record FormState(string Name, Sharing Sharing, string[] Chosen, int Version)
    {
        public SecretPlaceKind? KeyIn { get; init; }

        public string? KeyName { get; init; }

        public int? MaxProfilesPerExport { get; init; }
    }

    private SecretPlace? NewPlace =>
        KeyIn is { } kind && new SecretPlace(kind, KeyName?.Trim() ?? "") is var place && place != stored.KeyFrom ? place : null;

    public ConnectionChanges ToChanges() =>
        new()
        {
            Id = stored.Id,
            Name = Name,
            Sharing = Sharing,
            ChosenContributors = Chosen,
            MaxProfilesPerExport = MaxProfilesPerExport,
            ApiKey = KeyIn is not null || string.IsNullOrWhiteSpace(ApiKey) ? null : ApiKey,
            KeyFrom = NewPlace,
            Version = _version,
        };
}
