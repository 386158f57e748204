namespace KlaviyoExport.Sources.Servers;

/// <summary>The values of a statement. They are sent as parameters and are never part of its text.</summary>
internal sealed class ServerParameters(ServerDialect dialect)
{
    private readonly List<string> _values = [];

    public IReadOnlyList<string> Values => _values;

    /// <summary>Adds a value.</summary>
    /// <returns>The placeholder in the statement.</returns>
    public string Add(string value)
    {
        _values.Add(value);
        return dialect.Placeholder(_values.Count - 1);
    }
}
