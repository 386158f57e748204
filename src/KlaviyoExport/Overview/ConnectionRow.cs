using KlaviyoExport.Connections;

namespace KlaviyoExport.Overview;

/// <summary>A row of the administrators' list.</summary>
/// <param name="ApiKeyEnding">Empty for a key that is too short to show any of, or that is read from Key Vault.</param>
/// <param name="SharedWith">By name, where contributors were chosen: those of them who still are contributors.</param>
/// <param name="ExportUser">Null for connections older than export users.</param>
/// <param name="Exports">How many use it.</param>
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
);
