namespace KlaviyoExport.Klaviyo;

/// <summary>
/// Thrown when a call was canceled and none of its attempts can have reached Klaviyo. For example, the call was still waiting for the
/// rate limit.
/// </summary>
public sealed class KlaviyoCallNotSentException(OperationCanceledException canceled, CancellationToken cancellationToken)
    : OperationCanceledException("The call was canceled before it was made.", canceled, cancellationToken);
