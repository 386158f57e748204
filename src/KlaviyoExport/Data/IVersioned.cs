namespace KlaviyoExport.Data;

/// <summary>
/// An entity that two people may edit at the same time. <see cref="AppDb"/> increments the version with every change and rejects a change
/// that is based on an older version.
/// </summary>
public interface IVersioned
{
    int Version { get; set; }
}
