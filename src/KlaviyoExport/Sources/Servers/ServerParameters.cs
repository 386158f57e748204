namespace KlaviyoExport.Sources.Servers;

/// <summary>The values of a statement. They are sent as parameters and are never part of its text.</summary>
internal sealed class ServerParameters(ServerDialect dialect)
{
    private readonly List<string> _values = [];

    public IReadOnlyList<string> Values => _values;

    /// <summary>Removes the values that were added after the first ones, because what they were for is not written.</summary>
    public void Forget(int from) => _values.RemoveRange(from, _values.Count - from);

    /// <summary>Adds a value.</summary>
    /// <returns>The placeholder in the statement.</returns>
    public string Add(string value)
    {
        _values.Add(value);
        return dialect.Placeholder(_values.Count - 1);
    }
}
