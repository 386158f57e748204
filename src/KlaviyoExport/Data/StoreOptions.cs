namespace KlaviyoExport.Data;

/// <summary>Where the product keeps what it keeps.</summary>
public sealed class StoreOptions
{
    /// <summary>
    /// The one folder of all data: the store, staging files, uploads, encryption keys. Key <c>DataDirectory</c>; default <c>data</c> beside
    /// the app. Made with access for its owner only.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Full path of a file or folder in the data directory.</summary>
    public string PathOf(params string[] parts) => Path.Combine([DataDirectory, .. parts]);
}
