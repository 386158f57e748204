namespace KlaviyoExport.ConfigurationFiles.Yaml;

/// <summary>A place in a file. Lines and columns start at 1. Both are 0 for what does not come from a file.</summary>
internal readonly record struct Place(int Line, int Column)
{
    public static Place None { get; }
}
