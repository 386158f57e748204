namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>
/// Thrown to end a call with an error response. Validation runs deep inside parsers, where an exception is the simplest way out.
/// </summary>
internal sealed class Refusal : Exception
{
    public Refusal(IReadOnlyList<ApiError> errors)
        : base(errors[0].Detail) => Errors = errors;

    public Refusal(ApiError error)
        : this([error]) { }

    /// <summary>One or more errors. The status of the first one is that of the response.</summary>
    public IReadOnlyList<ApiError> Errors { get; }
}
