namespace KlaviyoExport.Web.Setup;

/// <summary>
/// Writes to the console for the person who starts the application. It does not use the log, because links and passwords must not get into
/// a log file.
/// </summary>
internal sealed class Announcer(TextWriter output)
{
    public void Say(params IEnumerable<string> lines)
    {
        output.WriteLine();
        foreach (var line in lines)
            output.WriteLine($"  {line}");
        output.WriteLine();
        output.Flush();
    }
}
