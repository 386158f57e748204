using KlaviyoExport.Klaviyo;

namespace KlaviyoExport.Delivery;

/// <summary>Klaviyo's refusals as a run tells of them.</summary>
internal static class Refusals
{
    /// <summary>A refusal that ends the run.</summary>
    public static RunFailedException Fatal(KlaviyoRefusal refusal, string listId) => new(KlaviyoNotices.ForList(refusal, listId));

    /// <summary>A batch refused as a whole, and nobody named.</summary>
    public static RunFailedException OfBatch(KlaviyoRefusal refusal, string listId)
    {
        var notice = KlaviyoNotices.ForList(refusal, listId);
        return new(notice.Code == "Klaviyo.Refused" ? new Notice("Delivery.BatchRefused", notice.Arguments) : notice);
    }

    public static NewRejection Of(BatchRow row, int batchNumber, string code, string detail) =>
        new(row.Ordinal, row.Key, RejectionReason.Refused) { Email = row.Email, Code = code, Detail = Redaction.WithoutAddresses(detail), BatchNumber = batchNumber };
}
