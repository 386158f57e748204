namespace KlaviyoExport.Data;

/// <summary>One of the installation's settings that are made in the browser, by name.</summary>
public sealed class Setting
{
    public required string Name { get; set; }

    public required string Value { get; set; }
}
