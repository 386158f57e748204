using System.Globalization;
using System.Text;
using KlaviyoExport.People;

namespace KlaviyoExport.Forwarding;

/// <summary>Writes an entry as a syslog message (RFC 5424). Its text is the JSON of the entry.</summary>
internal static class SyslogMessage
{
    // Facility 13 (log audit), severity 5 (notice).
    private const int Priority = (13 * 8) + 5;
    private const string App = "klaviyo-export";
    private const int LongestHost = 255;

    public static byte[] Of(AuditEntry entry, string host)
    {
        var at = entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return Encoding.UTF8.GetBytes($"<{Priority}>1 {at} {Header(host)} {App} - audit - {EntryJson.Of(entry)}");
    }

    /// <summary>Puts the length before the message, as streams need it (RFC 6587).</summary>
    public static byte[] Framed(byte[] message) =>
        [.. Encoding.ASCII.GetBytes(message.Length.ToString(CultureInfo.InvariantCulture) + " "), .. message];

    // Only printable ASCII without spaces is permitted. "-" means not known.
    private static string Header(string host)
    {
        var clean = string.Concat(host.Where(letter => letter is > ' ' and < '\x7f').Take(LongestHost));
        return clean.Length == 0 ? "-" : clean;
    }
}
