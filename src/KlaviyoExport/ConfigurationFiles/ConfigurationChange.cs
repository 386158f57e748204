using System.Text.Json.Serialization;

namespace KlaviyoExport.ConfigurationFiles;

/// <summary>The kinds of items of a configuration file.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConfigurationItem>))]
public enum ConfigurationItem
{
    Connection,
    Source,
    Segment,
    Export,
    SystemRefresh,

    /// <summary>The settings of alerts of the installation.</summary>
    Alerts,
    Webhook,
}

/// <summary>What a change does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ConfigurationChangeKind>))]
public enum ConfigurationChangeKind
{
    Add,
    Change,

    /// <summary>The file has the section, but not the item. It is removed only with prune.</summary>
    Remove,
}

/// <summary>A changed property. The values are as in a file, on one line, and never secrets.</summary>
/// <param name="Path">The key, with those above it: "schedule.times".</param>
/// <param name="Old">Null when the item is new, or when the key was left out.</param>
/// <param name="New">Null when the key is left out.</param>
public sealed record PropertyChange(string Path, string? Old, string? New);

/// <summary>What is deleted by a change, for good.</summary>
/// <param name="Runs">The number of runs in the history of an export.</param>
/// <param name="Rejections">The number of rejections of these runs.</param>
/// <param name="Memberships">The number of people whom an export has delivered to its list. They stay on the list; that this installation
/// put them there is forgotten.</param>
public sealed record ConfigurationLoss(int Runs, int Rejections, int Memberships)
{
    [JsonIgnore]
    public bool IsNothing => this == new ConfigurationLoss(0, 0, 0);
}

/// <summary>A difference between a file and the installation.</summary>
/// <param name="Name">The name of the item. Empty for the system refresh and the alerts.</param>
/// <param name="Properties">The properties that differ. All properties of an item that is added, none of one that is removed.</param>
/// <param name="Loss">What the change deletes. Null when it deletes nothing.</param>
public sealed record ConfigurationChange(
    ConfigurationChangeKind Kind,
    ConfigurationItem Item,
    string Name,
    IReadOnlyList<PropertyChange> Properties,
    ConfigurationLoss? Loss
)
{
    /// <summary>Whether it is made only with prune: it removes an item, or deletes what was recorded.</summary>
    public bool NeedsPrune => Kind == ConfigurationChangeKind.Remove || Loss is not null;
}
