using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Data;

/// <summary>Section <c>Database</c>: the database that holds the store, together with <c>ConnectionStrings:Default</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Database";

    /// <summary>The configuration key of the connection string of a PostgreSQL or SQL Server store.</summary>
    public const string ConnectionKey = $"{ConnectionStringOptions.Section}:{nameof(ConnectionStringOptions.Default)}";

    /// <summary>
    /// The kind of database: <c>Sqlite</c> (a file in the data directory), <c>PostgreSql</c> or <c>SqlServer</c>. Case-insensitive.
    /// </summary>
    public string Provider { get; set; } = nameof(StoreProvider.Sqlite);

    /// <summary>
    /// The maximum number of changes in one database command, from 1 to 1,000. None: the default of the database's provider. Set it to 1 for
    /// a server without MERGE. It has no effect on SQLite.
    /// </summary>
    public int? MaxBatchSize { get; set; }

    /// <summary>The connection string of a PostgreSQL or SQL Server store. Not used with SQLite.</summary>
    internal string? ConnectionString { get; set; }

    internal StoreProvider ParsedProvider =>
        Enum.TryParse<StoreProvider>(Provider, ignoreCase: true, out var provider) && Enum.IsDefined(provider)
            ? provider
            : StoreProvider.Sqlite;

    internal static DatabaseOptions Of(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<DatabaseOptions>() ?? new();
        options.ConnectionString = configuration[ConnectionKey];
        return options;
    }

    internal sealed class Validator(IConfiguration configuration) : IValidateOptions<DatabaseOptions>
    {
        public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
        {
            var faults = new List<string>();
            if (!Enum.GetNames<StoreProvider>().Contains(options.Provider, StringComparer.OrdinalIgnoreCase))
                faults.Add($"{Section}:{nameof(Provider)} is \"{options.Provider}\"; set it to Sqlite, PostgreSql or SqlServer.");
            else if (options.ParsedProvider != StoreProvider.Sqlite && string.IsNullOrWhiteSpace(configuration[ConnectionKey]))
                faults.Add(
                    $"{Section}:{nameof(Provider)} is {options.ParsedProvider}, and {ConnectionKey} is not set; set it to the connection "
                        + "string of the database."
                );
            if (options.MaxBatchSize is < 1 or > 1_000)
                faults.Add($"{Section}:{nameof(MaxBatchSize)} must be between 1 and 1000.");
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
