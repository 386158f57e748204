using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>Is it the store, and may it pass? The one place that knows the faults of every provider.</summary>
public static class StoreFaults
{
    /// <summary>
    /// Whether the store, and not what was asked of it, is at fault, so that the same may work later: it is locked, unreachable,
    /// restarting, full, or all its connections are in use. A save that somebody else's change or a constraint stopped counts as well:
    /// asked anew, it is decided anew.
    /// </summary>
    public static bool MayPass(Exception fault) =>
        fault switch
        {
            DbException or DbUpdateException => true,
            // SqlClient's full connection pool, and a connection that broke while it was used, are no DbExceptions.
            InvalidOperationException { Source: SqlClientSource } => true,
            _ => false,
        };

    private const string SqlClientSource = "Microsoft.Data.SqlClient";
}
