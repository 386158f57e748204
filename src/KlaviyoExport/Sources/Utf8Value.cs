namespace KlaviyoExport.Sources;

internal static class Utf8Value
{
    /// <summary>Whether a value is empty, as <see cref="FieldValue.IsEmpty"/>, for UTF-8.</summary>
    public static bool IsEmpty(ReadOnlySpan<byte> value)
    {
        while (!value.IsEmpty)
        {
            if (value[0] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
                value = value[1..];
            else if (value.StartsWith("\u00A0"u8))
                value = value[2..];
            else
                return false;
        }
        return true;
    }
}
