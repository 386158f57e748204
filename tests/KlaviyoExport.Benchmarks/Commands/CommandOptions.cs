using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace KlaviyoExport.Benchmarks.Commands;

/// <summary>
/// The options of a benchmark: <c>--rows 10000,100000 --latency 0.8 --all</c>. An option without a value is switched on.
/// </summary>
internal sealed class CommandOptions
{
    private readonly IConfiguration _options;

    /// <exception cref="ArgumentException">An option is not one of <paramref name="known"/>.</exception>
    public CommandOptions(IReadOnlyList<string> arguments, params IReadOnlyList<string> known)
    {
        var pairs = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var at = 0; at < arguments.Count; at++)
        {
            if (!arguments[at].StartsWith("--", StringComparison.Ordinal) || !known.Contains(arguments[at][2..]))
                throw new ArgumentException($"{arguments[at]} is not an option. The options are --{string.Join(", --", known)}.");
            var hasValue = at + 1 < arguments.Count && !arguments[at + 1].StartsWith("--", StringComparison.Ordinal);
            pairs[arguments[at][2..]] = hasValue ? arguments[++at] : "true";
        }
        _options = new ConfigurationBuilder().AddInMemoryCollection(pairs).Build();
    }

    public bool Has(string name) => _options[name] is not null;

    /// <exception cref="FormatException">A value is not a whole number.</exception>
    public IReadOnlyList<int> Numbers(string name, params IReadOnlyList<int> otherwise) =>
        Values(name) is { } values ? [.. values.Select(value => int.Parse(value, CultureInfo.InvariantCulture))] : otherwise;

    /// <summary>Returns durations that are given in seconds.</summary>
    /// <exception cref="FormatException">A value is not a number.</exception>
    public IReadOnlyList<TimeSpan> Seconds(string name, params IReadOnlyList<double> otherwise) =>
        [.. (Values(name)?.Select(value => double.Parse(value, CultureInfo.InvariantCulture)) ?? otherwise).Select(TimeSpan.FromSeconds)];

    /// <exception cref="ArgumentException">A value is not one of the enumeration.</exception>
    public IReadOnlyList<T> Choices<T>(string name, params IReadOnlyList<T> otherwise)
        where T : struct, Enum =>
        Values(name) is { } values ? [.. values.Select(value => Enum.Parse<T>(value, ignoreCase: true))] : otherwise;

    /// <summary>Returns a share that is given in percent: <c>1%</c> or <c>1</c> is 0.01.</summary>
    /// <exception cref="FormatException">The value is not a number.</exception>
    public double Share(string name, double otherwise) =>
        Values(name) is [var value, ..] ? double.Parse(value.TrimEnd('%'), CultureInfo.InvariantCulture) / 100 : otherwise;

    public string? Text(string name) => _options[name];

    private string[]? Values(string name) =>
        _options[name]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
