using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Delivery;

/// <summary>Converts Klaviyo's refusals to outcomes of a run.</summary>
internal static class Refusals
{
    /// <summary>Returns the outcome of a refusal that ends the run.</summary>
    public static RunFailedException Fatal(KlaviyoRefusal refusal, string listId) => new(RunFault.Of(refusal, listId));

    /// <summary>Returns the outcome when Klaviyo refuses a whole batch without naming a profile.</summary>
    public static RunFailedException OfBatch(KlaviyoRefusal refusal, string listId)
    {
        var outcome = RunFault.Of(refusal, listId);
        return new(
            outcome.Kind == RunOutcomeKind.Refused && refusal.Kind != KlaviyoRefusalKind.TooLarge
                ? outcome with
                {
                    Message = new LocalizedMessage("Delivery.BatchRefused", refusal.Status, KlaviyoMessages.Said(refusal)),
                }
                : outcome
        );
    }

    public static NewRejection Of(BatchRow row, int batchNumber, string code, string detail) =>
        new(row.Ordinal, row.Key, RejectionReason.Refused)
        {
            Email = row.Email,
            Code = code,
            Detail = Redaction.WithoutAddresses(detail),
            BatchNumber = batchNumber,
        };
}
