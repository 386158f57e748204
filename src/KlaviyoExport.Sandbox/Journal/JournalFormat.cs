using System.Text.Json;

namespace KlaviyoExport.Sandbox.Journal;

/// <summary>The format of times and small records in the file.</summary>
internal static class JournalFormat
{
    public static void Write(this BinaryWriter writer, DateTimeOffset time) => writer.Write(time.UtcTicks);

    public static DateTimeOffset ReadTime(this BinaryReader reader) => new(reader.ReadInt64(), TimeSpan.Zero);

    public static DateTimeOffset? ReadTimeOrNone(this BinaryReader reader) => reader.ReadTime() is { UtcTicks: > 0 } time ? time : null;

    public static void WriteJson<T>(this BinaryWriter writer, T value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value);
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    public static T ReadJson<T>(this BinaryReader reader) => JsonSerializer.Deserialize<T>(reader.ReadBytes(reader.ReadInt32()))!;
}
