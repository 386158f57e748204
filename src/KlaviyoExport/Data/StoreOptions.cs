namespace KlaviyoExport.Data;

/// <summary>The location of the product's files.</summary>
public sealed class StoreOptions
{
    /// <summary>
    /// The directory of all data: the SQLite store, staging files, uploads and encryption keys. Configuration key <c>DataDirectory</c>.
    /// The default is <c>data</c> in the content root of the app. The product creates it with access for its owner only.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Returns the full path of a file or folder in the data directory.</summary>
    public string PathOf(params string[] parts) => Path.Combine([DataDirectory, .. parts]);
}
