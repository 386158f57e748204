namespace KlaviyoExport.Sources.Odbc;

/// <summary>Examples of the keys that drivers need.</summary>
public static class OdbcTemplates
{
    /// <summary>Returns the keys, one <c>name=value</c> on a line. Empty when there is no example.</summary>
    public static string KeysOf(OdbcPreset preset) => OdbcProfile.Of(preset).Keys.ReplaceLineEndings("\n");
}
