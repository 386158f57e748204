namespace KlaviyoExport.Runs;

/// <summary>How many values of an attribute had an effect in a run. One row for each attribute and effect.</summary>
public sealed class FieldOutcome
{
    /// <summary>The maximum number of <see cref="Examples"/>.</summary>
    public const int MostExamples = 5;

    public long Id { get; set; }

    public int RunId { get; set; }

    /// <summary>The path of the Klaviyo attribute or property.</summary>
    public required string Attribute { get; set; }

    public FieldEffect Effect { get; set; }

    /// <summary>The number of profiles that were prepared, each with one value of the attribute.</summary>
    public long Count { get; set; }

    /// <summary>Some of these profiles. Empty when their data was deleted.</summary>
    public List<FieldExample> Examples { get; set; } = [];
}

/// <summary>A profile with an effect.</summary>
/// <param name="ProfileKey">The key of the profile in its source.</param>
/// <param name="Note">What a typing error probably means: "gmial.com → gmail.com". Null for other effects.</param>
public sealed record FieldExample(string ProfileKey, string? Note = null);
