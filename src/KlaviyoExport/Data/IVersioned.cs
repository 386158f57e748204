namespace KlaviyoExport.Data;

/// <summary>Two people may edit it: <see cref="AppDb"/> raises the version at every change and refuses to save over a newer one.</summary>
public interface IVersioned
{
    int Version { get; set; }
}
