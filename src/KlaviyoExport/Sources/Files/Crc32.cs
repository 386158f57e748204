namespace KlaviyoExport.Sources.Files;

/// <summary>The checksum of zip archives. The framework writes it and does not check it.</summary>
internal sealed class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    private uint _value = uint.MaxValue;

    /// <summary>The checksum of what was added.</summary>
    public uint Value => ~_value;

    public void Add(ReadOnlySpan<byte> content)
    {
        var value = _value;
        foreach (var letter in content)
            value = Table[(byte)(value ^ letter)] ^ (value >> 8);
        _value = value;
    }

    private static uint Entry(int letter)
    {
        var value = (uint)letter;
        for (var bit = 0; bit < 8; bit++)
            value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ 0xEDB88320;
        return value;
    }
}
