namespace KlaviyoExport.Sources.Odbc;

/// <summary>A key of a connection string and its value. Never a secret.</summary>
public sealed record OdbcKey(string Name, string Value);

/// <summary>What an ODBC driver connects to, without user and password.</summary>
/// <param name="DataSource">The name of a data source that is configured on the machine. Null when a driver is named.</param>
/// <param name="Driver">The name of an installed driver. Null when a data source is named.</param>
/// <param name="Preset">The database.</param>
/// <param name="Keys">The other keys of the connection string, in their order.</param>
/// <param name="UsesPassword">Whether a password is sent. Some drivers sign in by themselves, for example with a key file.</param>
public sealed record OdbcTarget(string? DataSource, string? Driver, OdbcPreset Preset, IReadOnlyList<OdbcKey> Keys, bool UsesPassword)
{
    /// <summary>The data source or driver, as messages name it.</summary>
    public string Place => DataSource ?? Driver ?? "";

    public bool Equals(OdbcTarget? other) =>
        other is not null
        && (DataSource, Driver, Preset, UsesPassword) == (other.DataSource, other.Driver, other.Preset, other.UsesPassword)
        && Keys.SequenceEqual(other.Keys);

    public override int GetHashCode() => HashCode.Combine(DataSource, Driver, Preset, UsesPassword, Keys.Count);
}
