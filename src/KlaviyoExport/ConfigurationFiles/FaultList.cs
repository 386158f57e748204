using KlaviyoExport.ConfigurationFiles.Yaml;

namespace KlaviyoExport.ConfigurationFiles;

/// <summary>Collects the faults of a file. It keeps the first <see cref="Most"/>.</summary>
internal sealed class FaultList
{
    public const int Most = 100;

    private readonly List<ConfigurationFault> _faults = [];

    /// <summary>The number of all faults, also of those that are not kept.</summary>
    public int Count { get; private set; }

    public void Add(Place at, string code, params IReadOnlyList<object?> arguments) => Add(at, new LocalizedMessage(code, arguments));

    public void Add(Place at, LocalizedMessage message)
    {
        Count++;
        if (_faults.Count < Most)
            _faults.Add(new ConfigurationFault(at.Line, at.Column, message));
    }

    /// <exception cref="ConfigurationInvalidException">There are faults.</exception>
    public void ThrowIfAny()
    {
        if (Count > 0)
            throw new ConfigurationInvalidException(InOrder());
    }

    /// <summary>Returns the faults in the order of the file.</summary>
    public IReadOnlyList<ConfigurationFault> InOrder() => [.. _faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column)];
}
