using System.Globalization;

namespace KlaviyoExport.Benchmarks.Comparison;

/// <summary>A target and what was measured.</summary>
/// <param name="What">What is limited.</param>
/// <param name="Limit">The limit, in the unit that <paramref name="What"/> names.</param>
/// <param name="IsLeast">Whether the limit is the smallest allowed value, not the largest.</param>
internal sealed record Target(string What, double Measured, double Limit, bool IsLeast = false)
{
    public bool IsMet => IsLeast ? Measured >= Limit : Measured <= Limit;

    public string LimitText => string.Create(CultureInfo.InvariantCulture, $"{(IsLeast ? "≥" : "≤")} {Limit}");
}
