namespace KlaviyoExport.Data;

/// <summary>The names of the settings that more than one room reads.</summary>
public static class SettingNames
{
    /// <summary>The language for people who have not chosen one.</summary>
    public const string Language = "General.Language";

    /// <summary>The regional format of numbers and dates.</summary>
    public const string Format = "General.Format";
}

/// <summary>A setting of the installation that is stored in the database and not in the configuration.</summary>
public sealed class Setting
{
    public required string Name { get; set; }

    public required string Value { get; set; }
}
