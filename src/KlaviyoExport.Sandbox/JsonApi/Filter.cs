namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>One comparison of a <c>filter</c> parameter, such as <c>any(email,["a","b"])</c>.</summary>
internal sealed record Filter(string Operator, string Field, IReadOnlyList<string> Values)
{
    public string Value => Values[0];

    public bool Matches(string? actual, StringComparison comparison = StringComparison.Ordinal) =>
        Values.Any(v => string.Equals(v, actual, comparison));

    public bool Matches(DateTimeOffset actual)
    {
        var limit = Time;
        return Operator switch
        {
            "greater-than" => actual > limit,
            "greater-or-equal" => actual >= limit,
            "less-than" => actual < limit,
            "less-or-equal" => actual <= limit,
            _ => actual == limit,
        };
    }

    /// <summary>Returns the value as a point in time.</summary>
    /// <exception cref="Refusal">Status 400 when the value is not one.</exception>
    public DateTimeOffset Time =>
        DateTimeOffset.TryParse(
            Value,
            System.Globalization.CultureInfo.InvariantCulture,
            System.Globalization.DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : throw new Refusal(ApiError.InvalidParameter($"'{Value}' is not a valid datetime value for '{Field}'.", "filter"));
}
