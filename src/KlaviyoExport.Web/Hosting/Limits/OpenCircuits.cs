namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>Counts the circuits of each person at this server.</summary>
internal sealed class OpenCircuits
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>Counts a new circuit, unless the person has the maximum number of them.</summary>
    /// <returns>Whether it was counted.</returns>
    public bool TryOpen(string person, int most)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(person);
            if (count >= most)
                return false;
            _counts[person] = count + 1;
            return true;
        }
    }

    /// <summary>Counts a circuit no longer.</summary>
    public void Close(string person)
    {
        lock (_lock)
        {
            if (--_counts[person] == 0)
                _counts.Remove(person);
        }
    }
}
