namespace KlaviyoExport.Klaviyo;

/// <summary>
/// A call was cancelled before one of its tries can have reached Klaviyo: while it waited for its turn, say, or for a pause to be over.
/// </summary>
public sealed class KlaviyoNotAskedException(OperationCanceledException canceled, CancellationToken cancellationToken)
    : OperationCanceledException("The call was cancelled before it was made.", canceled, cancellationToken);
