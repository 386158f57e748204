namespace KlaviyoExport.Data;

/// <summary>A random key of this installation, stored encrypted. Created on first use.</summary>
public sealed class InstallationKey
{
    public required string Name { get; set; }

    public required byte[] Value { get; set; }
}
