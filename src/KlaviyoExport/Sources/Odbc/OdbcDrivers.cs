using KlaviyoExport.People;
using KlaviyoExport.People.Rules;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>Lists the ODBC drivers and data sources of the machine, for choosing one.</summary>
/// <param name="read">Asks the driver manager. It may block.</param>
public sealed class OdbcDrivers(Func<OdbcInstalled> read)
{
    /// <exception cref="LocalizedException">The actor may not manage sources.</exception>
    public Task<OdbcInstalled> InstalledAsync(Actor actor, CancellationToken cancellationToken)
    {
        ManageSources.Rule.Demand(actor);
        return Task.Run(read, cancellationToken);
    }
}
