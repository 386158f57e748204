using System.Text;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>Finds rows by one kind of identifier. It stores row numbers only; the identifiers are read from the profiles.</summary>
internal sealed class IdentifierIndex
{
    private readonly HashSet<int> _rows;
    private readonly HashSet<int>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    public IdentifierIndex(List<StoredProfile> profiles, Identifier identifier)
    {
        _rows = new HashSet<int>(new ByIdentifier(profiles, identifier));
        _byBytes = _rows.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int? Find(string value)
    {
        Span<byte> buffer = stackalloc byte[512];
        var bytes = Encoding.UTF8.TryGetBytes(value, buffer, out var length) ? buffer[..length] : Encoding.UTF8.GetBytes(value);
        return _byBytes.TryGetValue(bytes, out var row) ? row : null;
    }

    public void Add(int row) => _rows.Add(row);

    /// <summary>Must be called before the row changes, because the row's current identifier determines its position.</summary>
    public void Remove(int row) => _rows.Remove(row);

    private sealed class ByIdentifier(List<StoredProfile> profiles, Identifier identifier)
        : IEqualityComparer<int>,
            IAlternateEqualityComparer<ReadOnlySpan<byte>, int>
    {
        public bool Equals(int a, int b) => a == b || Of(a).SequenceEqual(Of(b));

        public int GetHashCode(int row) => GetHashCode(Of(row));

        public bool Equals(ReadOnlySpan<byte> value, int row) => value.SequenceEqual(Of(row));

        public int GetHashCode(ReadOnlySpan<byte> value)
        {
            var hash = new HashCode();
            hash.AddBytes(value);
            return hash.ToHashCode();
        }

        public int Create(ReadOnlySpan<byte> value) => throw new NotSupportedException("Rows are created by the store.");

        private ReadOnlySpan<byte> Of(int row) => profiles[row].Part(identifier);
    }
}
