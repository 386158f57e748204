using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Data;

/// <summary>Classifies exceptions of all database providers.</summary>
public static class StoreFaults
{
    /// <summary>
    /// Returns whether the exception comes from the store, so that the same operation may succeed later: the store is locked,
    /// unreachable, restarting or full, or all its connections are in use. A save that failed because of a constraint or a concurrent
    /// change also counts, because a new attempt reads the data again.
    /// </summary>
    public static bool IsTransient(Exception fault) =>
        fault switch
        {
            DbException or DbUpdateException => true,
            // SqlClient reports a full connection pool and a connection that broke during use as InvalidOperationException.
            InvalidOperationException { Source: SqlClientSource } => true,
            _ => false,
        };

    private const string SqlClientSource = "Microsoft.Data.SqlClient";
}
