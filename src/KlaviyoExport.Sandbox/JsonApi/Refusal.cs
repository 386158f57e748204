namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>Ends a call with an error answer. Validation runs deep inside parsers, where unwinding is the plain way out.</summary>
internal sealed class Refusal : Exception
{
    public Refusal(IReadOnlyList<ApiError> errors)
        : base(errors[0].Detail) => Errors = errors;

    public Refusal(ApiError error)
        : this([error]) { }

    /// <summary>At least one; the first one's status is the answer's.</summary>
    public IReadOnlyList<ApiError> Errors { get; }
}
