using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources;

internal sealed class SourceOptionsValidator : IValidateOptions<SourceOptions>
{
    public ValidateOptionsResult Validate(string? name, SourceOptions options)
    {
        var faults = new List<string>();
        for (var i = 0; i < options.Roots.Count; i++)
        {
            var root = options.Roots[i];
            if (!Path.IsPathFullyQualified(root))
                faults.Add($"Sources:Roots:{i} is \"{root}\", which is not a full path. Set it to a full path of a folder.");
            else if (!Directory.Exists(root))
                faults.Add($"Sources:Roots:{i} is \"{root}\", and there is no such folder. Create it or remove the key.");
        }
        if (options.MaxUploadBytes <= 0)
            faults.Add($"Sources:MaxUploadBytes is {options.MaxUploadBytes}. Set it to a positive number of bytes.");
        if (options.MaxUploadBytesPerDay <= 0)
            faults.Add($"Sources:MaxUploadBytesPerDay is {options.MaxUploadBytesPerDay}. Set it to a positive number of bytes.");
        if (options.MaxUnpackedBytes <= 0)
            faults.Add($"Sources:MaxUnpackedBytes is {options.MaxUnpackedBytes}. Set it to a positive number of bytes.");
        if (options.StatementTimeout < TimeSpan.FromSeconds(1) || options.StatementTimeout > TimeSpan.FromDays(1))
            faults.Add($"Sources:StatementTimeout is {options.StatementTimeout}. Set it to between 00:00:01 and 1.00:00:00.");
        for (var i = 0; i < options.EntraHosts.Count; i++)
            if (Uri.CheckHostName(options.EntraHosts[i].TrimStart('.')) != UriHostNameType.Dns)
                faults.Add(
                    $"Sources:EntraHosts:{i} is \"{options.EntraHosts[i]}\". Set it to the name of a host, or to a dot and a domain."
                );
        if (options.Remote.Patience < TimeSpan.FromSeconds(1) || options.Remote.Patience > TimeSpan.FromHours(1))
            faults.Add($"Sources:Remote:Patience is {options.Remote.Patience}. Set it to between 00:00:01 and 01:00:00.");
        if (
            options.ColumnCheckInterval != TimeSpan.Zero
            && (options.ColumnCheckInterval < TimeSpan.FromMinutes(5) || options.ColumnCheckInterval > TimeSpan.FromDays(7))
        )
            faults.Add(
                $"Sources:ColumnCheckInterval is {options.ColumnCheckInterval}. Set it to between 00:05:00 and 7.00:00:00, or to 00:00:00 for never."
            );
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
