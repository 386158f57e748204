using Microsoft.Extensions.Configuration;

namespace KlaviyoExport.Data;

/// <summary>The setting <c>DataDirectory</c>: the location of the product's files.</summary>
public sealed class StoreOptions
{
    /// <summary>The setting has no section.</summary>
    public const string Section = "";

    /// <summary>
    /// The folder of all data: the SQLite store, staging files, uploads and encryption keys. A relative path starts at the folder of the
    /// application. The product creates it with access for its owner only. Back it up as a whole: without its folder <c>keys</c> the stored
    /// secrets are lost.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Returns the options with a full path.</summary>
    public static StoreOptions Of(IConfiguration configuration, string contentRoot) =>
        new()
        {
            DataDirectory = Path.GetFullPath(
                configuration[nameof(DataDirectory)] is { Length: > 0 } set ? set : new StoreOptions().DataDirectory,
                contentRoot
            ),
        };

    /// <summary>Returns the full path of a file or folder in the data directory.</summary>
    public string PathOf(params string[] parts) => Path.Combine([DataDirectory, .. parts]);
}
