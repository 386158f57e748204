using System.Text.Json.Serialization;

namespace KlaviyoExport.Sources.Remote;

/// <summary>Which of the files that are found are read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RemoteChoice>))]
public enum RemoteChoice
{
    /// <summary>The file that was changed last. Of several with the same time, the last one by name.</summary>
    Newest,

    /// <summary>All files, in the order of their names. They need the same columns.</summary>
    All,
}
