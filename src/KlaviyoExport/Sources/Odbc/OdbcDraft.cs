namespace KlaviyoExport.Sources.Odbc;

/// <summary>The fields of an ODBC source as filled in by a person.</summary>
public sealed class OdbcDraft
{
    /// <summary>The name of a configured data source. It takes precedence over the driver.</summary>
    public string? DataSource { get; set; }

    /// <summary>The name of an installed driver.</summary>
    public string? Driver { get; set; }

    public OdbcPreset Preset { get; set; }

    /// <summary>The keys of the connection string, one <c>name=value</c> on a line.</summary>
    public string Keys { get; set; } = "";

    /// <summary>Whether a password is sent to the driver.</summary>
    public bool UsesPassword { get; set; } = true;

    /// <summary>Returns what was entered, trimmed but not validated.</summary>
    internal OdbcTarget ToTarget()
    {
        var source = Entered(DataSource);
        return new OdbcTarget(source, source is null ? Entered(Driver) : null, Preset, [.. Lines()], UsesPassword);
    }

    public static OdbcDraft Of(OdbcTarget? target) =>
        target is null
            ? new OdbcDraft()
            : new OdbcDraft
            {
                DataSource = target.DataSource,
                Driver = target.Driver,
                Preset = target.Preset,
                Keys = string.Join('\n', target.Keys.Select(key => $"{key.Name}={key.Value}")),
                UsesPassword = target.UsesPassword,
            };

    private IEnumerable<OdbcKey> Lines() =>
        Keys.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => line.Split('=', 2, StringSplitOptions.TrimEntries))
            .Select(parts => new OdbcKey(parts[0], parts.Length > 1 ? parts[1] : ""));

    private static string? Entered(string? text) => text?.Trim() is { Length: > 0 } value ? value : null;
}
