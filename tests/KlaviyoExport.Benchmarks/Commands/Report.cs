using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using KlaviyoExport.Benchmarks.Processes;

namespace KlaviyoExport.Benchmarks.Commands;

/// <summary>
/// The measurements of one command. They are printed as a table, and written as JSON and Markdown to <c>artifacts/benchmarks</c> after each
/// measurement, so that a command that fails late loses none.
/// </summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(), new SecondsConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly string _name;
    private readonly DateTimeOffset _at = TimeProvider.System.GetUtcNow();
    private readonly List<object> _measurements = [];
    private readonly List<Table> _tables = [];

    public Report(string name)
    {
        _name = name;
        Console.WriteLine($"{name} on {Machine.Here}");
    }

    /// <summary>Adds a measurement: a row of the table and an object of the JSON file.</summary>
    public void Add(Table table, object measurement)
    {
        if (!_tables.Contains(table))
            _tables.Add(table);
        _measurements.Add(measurement);
        Console.WriteLine(table.LastRow);
        Save();
    }

    /// <summary>Prints the tables and the place of the files.</summary>
    public void Close()
    {
        Console.WriteLine();
        foreach (var table in _tables)
            Console.WriteLine(table);
        Console.WriteLine($"Written to {PathOf("json")}");
    }

    private void Save()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf("json"))!);
        File.WriteAllText(
            PathOf("json"),
            JsonSerializer.Serialize(
                new
                {
                    Benchmark = _name,
                    At = _at,
                    Machine = Machine.Here,
                    Measurements = _measurements,
                },
                Json
            )
        );
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{_name}, {_at:yyyy-MM-dd HH:mm} UTC, {Machine.Here}").AppendLine();
        foreach (var table in _tables)
            text.AppendLine(table.ToString());
        File.WriteAllText(PathOf("md"), text.ToString());
    }

    private string PathOf(string ending) =>
        Path.Combine(
            Builds.Root,
            "artifacts",
            "benchmarks",
            string.Create(CultureInfo.InvariantCulture, $"{_at:yyyyMMdd-HHmmss}-{_name}.{ending}")
        );
}
