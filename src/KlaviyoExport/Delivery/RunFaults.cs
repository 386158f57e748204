using KlaviyoExport.Connections;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Delivery;

/// <summary>What stopped a run, in words, and whether waiting may help.</summary>
internal static class RunFaults
{
    /// <summary>When the next tries are made. After the last the run has failed for good.</summary>
    public static readonly IReadOnlyList<TimeSpan> RetryAfter = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    /// <returns>Null for a fault that only a person can mend.</returns>
    public static Notice? MayPass(Exception fault) => fault switch
    {
        KlaviyoUnavailableException outage => KlaviyoNotices.For(outage),
        KeyVaultUnavailableException outage => outage.Notice,
        System.Data.Common.DbException => new Notice("Delivery.StoreFault"),
        Microsoft.EntityFrameworkCore.DbUpdateException => new Notice("Delivery.StoreFault"),
        SourceException { MayPass: true } busy => busy.Notice,
        IOException => new Notice("Delivery.DiskFault"),
        _ => null,
    };

    /// <summary>Whether a fault is the connection's (its key, its scopes, its export user, the way to Klaviyo) and not the export's or the store's.</summary>
    public static bool IsOfConnection(Exception fault, Notice why) =>
        fault is KlaviyoUnavailableException or System.Security.Cryptography.CryptographicException
        || why.Code is "Klaviyo.KeyRefused" or "Klaviyo.ScopeMissing" or "Klaviyo.RevisionRetired" or "Delivery.ExportUserMissing" or "Delivery.ExportUserGone"
        || why.Code.StartsWith("Connections.", StringComparison.Ordinal);

    public static Notice ForGood(Exception fault, string listId) => fault switch
    {
        NoticeException told => told.Notice,
        KlaviyoRefusedException refused => KlaviyoNotices.ForList(refused.Refusal, listId),
        System.Security.Cryptography.CryptographicException => new Notice("Delivery.KeysLost"),
        _ => new Notice("Delivery.Bug", fault.GetType().Name),
    };
}
