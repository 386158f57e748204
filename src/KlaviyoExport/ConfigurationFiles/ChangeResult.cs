using System.Text.Json.Serialization;

namespace KlaviyoExport.ConfigurationFiles;

/// <summary>What became of a change.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChangeOutcome>))]
public enum ChangeOutcome
{
    /// <summary>The change was made.</summary>
    Applied,

    /// <summary>The item is not in the file, and was kept because prune was not asked for.</summary>
    Kept,

    /// <summary>The change would delete what was recorded, and prune was not asked for. The item is as it was.</summary>
    Refused,

    /// <summary>The change could not be made. The message says why.</summary>
    Failed,

    /// <summary>An earlier change failed.</summary>
    NotReached,
}

/// <summary>A change with what became of it.</summary>
/// <param name="Message">Why it was not made, and what to do. Null when it was made.</param>
public sealed record ChangeResult(ConfigurationChange Change, ChangeOutcome Outcome, [property: JsonIgnore] LocalizedMessage? Message)
{
    /// <summary>The message in the language of the caller.</summary>
    public string? Text => Message?.ForReader();
}
