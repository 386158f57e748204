using System.Text.RegularExpressions;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>
/// Validates what an administrator enters for an ODBC driver. An administrator of the product need not be one of the machine, so keys are
/// refused that are known to make a driver load code, write files, run statements or read other files of connection settings. Drivers
/// differ, so this list cannot be complete: the machine must have no driver that is not needed.
/// </summary>
internal static partial class OdbcRules
{
    private const int MostKeys = 50;
    private const int LongestValue = 1_000;

    // Each is compared with the letters and digits of a key in capitals, so Trace_File and TraceFile are one.
    private static readonly HashSet<string> Refused =
    [
        "DRIVER",
        "DSN",
        "FILEDSN",
        "SAVEFILE",
        "UID",
        "USER",
        "USERNAME",
        "DEBUG",
        "COMMLOG",
        "PQOPT",
        "SERVICE",
        "SERVICEFILE",
        "LOADEXT",
        "SSLENGINE",
        "USEMYCNF",
        "DEFAULTAUTH",
        // Short names of the PostgreSQL driver: Debug, CommLog, ConnSettings, several options.
        "B2",
        "B3",
        "A6",
        "CX",
    ];

    private static readonly string[] RefusedStarts = ["TRACE", "TRACING", "INIT", "CONNSETTING", "ENABLETRAC", "PREEXEC", "POSTCONNECT"];

    private static readonly string[] RefusedParts = ["PLUGIN", "LIBRARY", "DLL", "DEFAULTFILE", "LOCALINFILE", "STMT", "JVM", "CLASSPATH"];

    private static readonly string[] Secret = ["PWD", "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY"];

    /// <exception cref="SourceException">Something is missing or must not be entered.</exception>
    public static void Demand(OdbcTarget target, string? user)
    {
        if (target.Place.Length == 0)
            throw new SourceException(new LocalizedMessage("Sources.OdbcNeeded"));
        // With a path the driver manager would load any library of the machine.
        if (!Name().IsMatch(target.Place))
            throw new SourceException(new LocalizedMessage("Sources.OdbcNameInvalid", target.Place));
        if (target.Keys.Count > MostKeys)
            throw new SourceException(new LocalizedMessage("Sources.OdbcTooManyKeys", MostKeys));
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in target.Keys)
        {
            if (!KeyName().IsMatch(name) || value.Length == 0)
                throw new SourceException(new LocalizedMessage("Sources.OdbcKeyInvalid", name));
            if (!seen.Add(Letters(name)))
                throw new SourceException(new LocalizedMessage("Sources.OdbcKeyTwice", name));
            if (Array.Exists(Secret, Letters(name).Contains))
                throw new SourceException(new LocalizedMessage("Sources.OdbcKeySecret", name));
            if (IsRefused(Letters(name)))
                throw new SourceException(new LocalizedMessage("Sources.OdbcKeyRefused", name));
            DemandValue(name, value);
        }
        DemandValue("UID", user ?? "");
    }

    /// <summary>
    /// Refuses the characters that separate keys. The connection string would quote them, but some drivers do not read the quotes, and a
    /// value could then add keys.
    /// </summary>
    /// <exception cref="SourceException">The value has such a character, or is too long.</exception>
    public static void DemandValue(string name, string value)
    {
        if (value.Length > LongestValue || value.AsSpan().ContainsAny(";{}") || value.Any(char.IsControl))
            throw new SourceException(new LocalizedMessage("Sources.OdbcValueInvalid", name));
    }

    private static bool IsRefused(string letters) =>
        Refused.Contains(letters)
        || Array.Exists(RefusedStarts, start => letters.StartsWith(start, StringComparison.Ordinal))
        || (letters.StartsWith("LOG", StringComparison.Ordinal) && !letters.StartsWith("LOGIN", StringComparison.Ordinal))
        || Array.Exists(RefusedParts, letters.Contains);

    /// <summary>Returns the letters and digits of a key in capitals: drivers also read it so.</summary>
    internal static string Letters(string name) => string.Concat(name.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    [GeneratedRegex(@"^[^/\\;{}=\[\]\p{Cc}]{1,100}\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_ .-]{0,99}\z")]
    private static partial Regex KeyName();
}
