using KlaviyoExport.Data;

namespace KlaviyoExport.Runs;

/// <summary>A rejection before it is stored. The email address is not encrypted yet.</summary>
internal sealed record NewRejection(long Ordinal, string Key, RejectionReason Reason)
{
    public string? Email { get; init; }

    public string? Code { get; init; }

    public string? Detail { get; init; }

    public int? BatchNumber { get; init; }

    public LocalizedMessage? AddressFault => RejectionReasons.AddressFault(Reason, Code);

    public Rejection ToEntity(int runId, SecretProtector secrets) =>
        new()
        {
            RunId = runId,
            Ordinal = Ordinal,
            ProfileKey = Key,
            Reason = Reason,
            Email = Email is null ? null : secrets.ProtectEmail(Email),
            Code = Code,
            Detail = Detail,
            BatchNumber = BatchNumber,
        };
}
