using Microsoft.Extensions.Options;

namespace KlaviyoExport.Sources.Disk;

/// <summary>Section <c>Disk</c>: the disk of the data directory.</summary>
public sealed class DiskOptions
{
    public const string Section = "Disk";

    /// <summary>
    /// The number of bytes that uploads and loads leave free, because runs need them. None: 1 GiB, or 5 % of a disk under 20 GiB. 0: nothing
    /// is left free.
    /// </summary>
    public long? Reserve { get; set; }

    internal sealed class Validator : IValidateOptions<DiskOptions>
    {
        public ValidateOptionsResult Validate(string? name, DiskOptions options) =>
            options.Reserve is < 0
                ? ValidateOptionsResult.Fail(
                    $"{Section}:{nameof(Reserve)} is {options.Reserve}. Set it to a number of bytes, or to 0 for none."
                )
                : ValidateOptionsResult.Success;
    }
}
