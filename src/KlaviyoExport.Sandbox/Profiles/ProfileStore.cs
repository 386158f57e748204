using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>The profiles of one account, by row number. Rows are never removed: no supported call deletes a profile.</summary>
internal sealed class ProfileStore
{
    private readonly List<StoredProfile> _profiles = [];
    private readonly IdentifierIndex[] _indexes;
    private readonly ulong _salt;

    public ProfileStore(string account)
    {
        _salt = account.Aggregate(14695981039346656037UL, (hash, c) => (hash ^ c) * 1099511628211UL);
        _indexes = [.. Enum.GetValues<Identifier>().Select(i => new IdentifierIndex(_profiles, i))];
    }

    public int Count => _profiles.Count;

    public StoredProfile this[int row] => _profiles[row];

    /// <summary>The ID is computed from the row and can be converted back. It is not stored.</summary>
    public string IdOf(int row) => Ulid.Write(_profiles[row].Created, unchecked((uint)row * 2654435761u), Hash(row));

    public int? FindId(string id)
    {
        if (Ulid.ReadHigh(id) is not { } high)
            return null;
        var row = unchecked(high * 244002641u);
        return row < _profiles.Count && IdOf((int)row) == id ? (int)row : null;
    }

    /// <summary>Emails are compared without regard to case.</summary>
    public int? Find(Identifier identifier, string value) =>
        value.Length == 0 ? null : _indexes[(int)identifier].Find(identifier == Identifier.Email ? EmailRule.Normalise(value) : value);

    public int Add(StoredProfile profile)
    {
        _profiles.Add(profile);
        Index(_profiles.Count - 1, add: true);
        return _profiles.Count - 1;
    }

    public void Replace(int row, StoredProfile profile)
    {
        Index(row, add: false);
        _profiles[row] = profile;
        Index(row, add: true);
    }

    private void Index(int row, bool add)
    {
        foreach (var identifier in Enum.GetValues<Identifier>())
        {
            if (_profiles[row].Part(identifier).IsEmpty)
                continue;
            if (add)
                _indexes[(int)identifier].Add(row);
            else
                _indexes[(int)identifier].Remove(row);
        }
    }

    private ulong Hash(int row)
    {
        var hash = unchecked((_salt ^ (uint)row) * 0x9E3779B97F4A7C15UL);
        return hash ^ (hash >> 29);
    }
}
