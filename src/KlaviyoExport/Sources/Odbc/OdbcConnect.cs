using System.Data.Odbc;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>Writes connection strings.</summary>
internal static class OdbcConnect
{
    /// <exception cref="SourceException">
    /// There is no driver manager, the data source or driver is not one of the machine, or a value cannot be sent.
    /// </exception>
    public static string Text(SourceServer server, string password)
    {
        var target = server.Odbc ?? throw new ArgumentException("The source is not one of ODBC.", nameof(server));
        OdbcRules.Demand(target, server.User);
        OdbcRules.DemandValue("PWD", password);
        var installed = OdbcManager.Read();
        if (!installed.HasManager)
            throw new SourceException(new LocalizedMessage("Sources.OdbcMissing"));
        var builder = new OdbcConnectionStringBuilder();
        if (target.DataSource is { } source)
            builder.Dsn = Known(source, installed.DataSources, "Sources.OdbcNoDataSource");
        else
            builder.Driver = Known(target.Driver!, installed.Drivers, "Sources.OdbcNoDriver");
        foreach (var (name, value) in target.Keys)
            builder[name] = value;
        if (server.User.Length > 0)
            builder["UID"] = server.User;
        if (target.UsesPassword)
            builder["PWD"] = password;
        return builder.ConnectionString;
    }

    private static string Known(string name, IReadOnlyList<string> installed, string otherwise) =>
        installed.FirstOrDefault(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new SourceException(new LocalizedMessage(otherwise, name, installed.Count == 0 ? "–" : string.Join(", ", installed)));
}
