namespace KlaviyoExport.Data;

/// <summary>A random key of this installation, encrypted, made when first needed.</summary>
public sealed class InstallationKey
{
    public required string Name { get; set; }

    public required byte[] Value { get; set; }
}
