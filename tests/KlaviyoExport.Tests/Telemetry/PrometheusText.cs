using System.Globalization;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests.Telemetry;

/// <summary>An answer in Prometheus' text format.</summary>
internal sealed partial class PrometheusText
{
    private readonly List<(string Name, IReadOnlyDictionary<string, string> Labels, double Value)> _samples = [];

    /// <exception cref="FormatException">A line has another format.</exception>
    public PrometheusText(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.StartsWith('#')))
        {
            var sample = Sample().Match(line);
            if (!sample.Success)
                throw new FormatException(line);
            _samples.Add(
                (
                    sample.Groups["name"].Value,
                    Label()
                        .Matches(sample.Groups["labels"].Value)
                        .ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value),
                    double.Parse(sample.Groups["value"].Value.Replace("+Inf", "∞", StringComparison.Ordinal), CultureInfo.InvariantCulture)
                )
            );
        }
    }

    /// <summary>The names of the series: for histograms also those of buckets, sums and counts.</summary>
    public IReadOnlySet<string> Names => _samples.Select(sample => sample.Name).ToHashSet();

    /// <summary>The values of the samples with a name, and with a label that has a value.</summary>
    public IEnumerable<double> Of(string name, string? label = null, string? value = null) =>
        _samples
            .Where(sample => sample.Name == name && (label is null || sample.Labels.GetValueOrDefault(label) == value))
            .Select(sample => sample.Value);

    public double Sum(string name, string? label = null, string? value = null) => Of(name, label, value).Sum();

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([^"}]|"([^"\\]|\\.)*")*)\})? (?<value>\S+)( \d+)?$""")]
    private static partial Regex Sample();

    [GeneratedRegex("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Label();
}
