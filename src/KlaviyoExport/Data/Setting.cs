namespace KlaviyoExport.Data;

/// <summary>A setting of the installation that is stored in the database and not in the configuration.</summary>
public sealed class Setting
{
    public required string Name { get; set; }

    public required string Value { get; set; }
}
