using KlaviyoExport.Data;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Cluster;

/// <summary>Section <c>Cluster</c>: several servers that share one store.</summary>
public sealed class ClusterOptions
{
    public const string Section = "Cluster";

    /// <summary>
    /// Whether other servers use the same store. Needs PostgreSQL or SQL Server, <c>DataProtection:Certificate</c>, and one data directory for
    /// all servers.
    /// </summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The interval at which a server reports that it is running. From 1 second to 5 minutes. When it has not done so for three intervals,
    /// other servers take over its work.
    /// </summary>
    public TimeSpan CheckinInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The time after its last renewal at which a lease expires.</summary>
    internal TimeSpan Patience => CheckinInterval * 3;

    internal sealed class Validator(IConfiguration configuration) : IValidateOptions<ClusterOptions>
    {
        public ValidateOptionsResult Validate(string? name, ClusterOptions options)
        {
            var faults = new List<string>();
            if (options.CheckinInterval < TimeSpan.FromSeconds(1) || options.CheckinInterval > TimeSpan.FromMinutes(5))
                faults.Add($"{Section}:{nameof(CheckinInterval)} must be between 00:00:01 and 00:05:00.");
            if (options.Enabled && DatabaseOptions.Of(configuration).ParsedProvider == StoreProvider.Sqlite)
                faults.Add(
                    $"{Section}:{nameof(Enabled)} is true, and a SQLite store can be used by one server only. Set "
                        + $"{DatabaseOptions.Section}:{nameof(DatabaseOptions.Provider)} to PostgreSql or SqlServer."
                );
            if (options.Enabled && configuration[$"{KeyOptions.Section}:{nameof(KeyOptions.Certificate)}"] is not { Length: > 0 })
                faults.Add(
                    $"{Section}:{nameof(Enabled)} is true, and {KeyOptions.Section}:{nameof(KeyOptions.Certificate)} is not set: the "
                        + "servers share the encryption keys through the store, where they must be encrypted. Set it to a PFX file that "
                        + "every server has."
                );
            return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
        }
    }
}
