using KlaviyoExport.Connections;

namespace KlaviyoExport.Overview;

/// <summary>A row of the connection list that administrators see.</summary>
/// <param name="ApiKeyEnding">The last characters of the API key. Empty when the key is too short to show any part of it, or is kept
/// outside the store.</param>
/// <param name="SharedWith">The display names of the chosen contributors who still have the Contributor role. Empty unless chosen
/// contributors share the connection.</param>
/// <param name="ExportUser">Null when the connection was created before export users existed.</param>
/// <param name="Exports">The number of exports that use the connection.</param>
public sealed record ConnectionRow(
    int Id,
    string Name,
    string AccountName,
    string AccountId,
    bool IsTestAccount,
    string ApiKeyEnding,
    DateTimeOffset CreatedAt,
    string CreatedBy,
    Sharing Sharing,
    IReadOnlyList<string> SharedWith,
    ExportUserView? ExportUser,
    DateTimeOffset? LastSuccessAt,
    LocalizedMessage? LastError,
    int Exports
)
{
    /// <inheritdoc cref="Connection.IsPractice"/>
    public bool IsPractice { get; init; }
}
