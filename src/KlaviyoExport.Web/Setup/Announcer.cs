namespace KlaviyoExport.Web.Setup;

/// <summary>
/// Tells the person who started the application something on its console, past the logs: links and passwords do not belong in a log file.
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
