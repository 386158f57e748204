namespace KlaviyoExport.Benchmarks.Customers;

/// <summary>Numbers that look random and are the same for the same seed (SplitMix64).</summary>
internal struct Dice(int seed)
{
    private ulong _state = (ulong)seed * 0x9E3779B97F4A7C15;

    /// <summary>Returns a number from 0 to one less than <paramref name="below"/>.</summary>
    public int Next(int below)
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)below);
    }

    public T Pick<T>(T[] of) => of[Next(of.Length)];
}
