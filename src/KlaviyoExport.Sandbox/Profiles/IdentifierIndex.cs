using System.Text;

namespace KlaviyoExport.Sandbox.Profiles;

/// <summary>Finds rows by one identifier. The set holds row numbers only; the identifiers are read where they already lie.</summary>
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

    /// <summary>Call before the row changes: the row's present identifier says where it stands.</summary>
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

        public int Create(ReadOnlySpan<byte> value) => throw new NotSupportedException("Rows are made by the store.");

        private ReadOnlySpan<byte> Of(int row) => profiles[row].Part(identifier);
    }
}
