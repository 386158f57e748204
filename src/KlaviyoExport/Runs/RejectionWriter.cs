using KlaviyoExport.Data;
using Microsoft.EntityFrameworkCore;

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

/// <summary>Stores rejections in chunks of a thousand, so that the memory used does not depend on their number.</summary>
internal sealed class RejectionWriter(IDbContextFactory<AppDb> stores, SecretProtector secrets, RunClaim claim)
{
    private const int FlushAt = 1000;
    private readonly List<Rejection> _waiting = new(FlushAt);

    public async ValueTask AddAsync(NewRejection rejection, CancellationToken cancellationToken)
    {
        _waiting.Add(rejection.ToEntity(claim.RunId, secrets));
        if (_waiting.Count == FlushAt)
            await FlushAsync(cancellationToken);
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            return;
        await using var db = await stores.CreateDbContextAsync(cancellationToken);
        db.Set<Rejection>().AddRange(_waiting);
        await claim.SaveAsync(db, cancellationToken);
        _waiting.Clear();
    }
}
