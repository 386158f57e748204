using System.Globalization;
using System.Text;

namespace KlaviyoExport.Web.Console.Runs;

/// <summary>How values are written for people.</summary>
internal static class Words
{
    /// <summary>Returns "Completed with warnings" for "completedWithWarnings".</summary>
    public static string Of(string? name)
    {
        var text = new StringBuilder();
        foreach (var letter in name ?? "")
        {
            if (text.Length == 0)
                text.Append(char.ToUpperInvariant(letter));
            else if (char.IsUpper(letter))
                text.Append(' ').Append(char.ToLowerInvariant(letter));
            else
                text.Append(letter);
        }
        return text.ToString();
    }

    /// <summary>Returns a time in the time zone of this machine. Empty when there is none.</summary>
    public static string Of(DateTimeOffset? at) =>
        at is { } time ? time.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "";
}
