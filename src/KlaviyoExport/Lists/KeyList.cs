using System.Text;

namespace KlaviyoExport.Lists;

/// <summary>
/// Keys of profiles, numbered in the order in which they were added, starting at 0. Members are read in the order of their keys, so of each
/// key only what differs from the one before is stored: 3 to 30 bytes instead of the 40 to 100 of a string. Not thread-safe.
/// </summary>
internal sealed class KeyList
{
    // Every sixteenth key is stored whole, and where it begins. To read a key, at most sixteen are read.
    private const int Group = 16;
    private const int LongestShared = byte.MaxValue;

    private readonly ChunkedList<byte> _bytes = new();
    private readonly ChunkedList<int> _groups = new();
    private byte[] _last = [];

    public int Count { get; private set; }

    /// <summary>Returns the key with a number.</summary>
    public string this[int number]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)number, (uint)Count, nameof(number));
            var at = _groups[number / Group];
            var key = new List<byte>();
            for (var left = number % Group; left >= 0; left--)
            {
                int shared = _bytes[at++];
                key.RemoveRange(shared, key.Count - shared);
                for (var rest = ReadLength(ref at); rest > 0; rest--)
                    key.Add(_bytes[at++]);
            }
            return Encoding.UTF8.GetString([.. key]);
        }
    }

    public void Add(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        var shared = 0;
        if (Count++ % Group == 0)
            _groups.Add(_bytes.Count);
        else
            shared = Math.Min(LongestShared, bytes.AsSpan().CommonPrefixLength(_last));
        _bytes.Add((byte)shared);
        WriteLength(bytes.Length - shared);
        foreach (var one in bytes.AsSpan(shared))
            _bytes.Add(one);
        _last = bytes;
    }

    /// <summary>Seven bits in a byte; the eighth says that another byte follows.</summary>
    private void WriteLength(int length)
    {
        for (; length > 0x7F; length >>= 7)
            _bytes.Add((byte)(length | 0x80));
        _bytes.Add((byte)length);
    }

    private int ReadLength(ref int at)
    {
        var (length, shift) = (0, 0);
        for (; _bytes[at] > 0x7F; shift += 7)
            length |= (_bytes[at++] & 0x7F) << shift;
        return length | (_bytes[at++] << shift);
    }
}
