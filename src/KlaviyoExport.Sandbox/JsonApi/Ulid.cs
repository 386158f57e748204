namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>Writes 128 bits as the 26 characters Klaviyo's profile and job ids have, and reads them back.</summary>
internal static class Ulid
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Creates an ID that starts with the time in milliseconds, so that IDs sort by time.</summary>
    public static string Write(DateTimeOffset time, uint high, ulong low48)
    {
        var value = ((UInt128)(ulong)time.ToUnixTimeMilliseconds() << 80) | ((UInt128)high << 48) | (low48 & 0xFFFF_FFFF_FFFF);
        return string.Create(
            26,
            value,
            static (text, rest) =>
            {
                for (var i = text.Length - 1; i >= 0; i--, rest >>= 5)
                    text[i] = Alphabet[(int)(rest & 31)];
            }
        );
    }

    /// <summary>Returns the 32 bits after the time. Null when the text is not such an ID.</summary>
    public static uint? ReadHigh(string text)
    {
        if (text.Length != 26)
            return null;
        UInt128 value = 0;
        foreach (var c in text)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0)
                return null;
            value = (value << 5) | (uint)digit;
        }
        return (uint)(value >> 48);
    }
}
