namespace KlaviyoExport.Sources.Files;

/// <summary>Counts what was repaired while files were read.</summary>
internal sealed class Repairs
{
    private readonly long[] _counts = new long[Enum.GetValues<RepairKind>().Length];

    /// <summary>The kinds that occurred.</summary>
    public IReadOnlyList<Repair> All =>
        [.. Enum.GetValues<RepairKind>().Where(kind => _counts[(int)kind] > 0).Select(kind => new Repair(kind, _counts[(int)kind]))];

    public void Add(RepairKind kind, long count = 1) => _counts[(int)kind] += count;
}
