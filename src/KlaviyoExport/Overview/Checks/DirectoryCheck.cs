using KlaviyoExport.Data;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Overview.Checks;

/// <summary>Checks that the data directory can be written, has space, and is closed to the other users of the machine.</summary>
internal sealed class DirectoryCheck(IOptions<StoreOptions> options)
{
    private const string Area = "data directory";
    private const long Gigabyte = 1_000_000_000;
    private const long Scarce = 2 * Gigabyte;
    private const long TooLittle = Gigabyte / 5;

    public IEnumerable<Finding> Run()
    {
        var directory = options.Value.DataDirectory;
        if (WriteFault(directory) is { } fault)
        {
            yield return Finding.Fault(
                Area,
                directory,
                $"It cannot be written: {fault}",
                "Mount it writable, give it to the user who runs Klaviyo Export, or free space on its disk."
            );
            yield break;
        }
        if (PrivateFiles.OpenToOthers(directory).ToList() is { Count: > 0 } open)
        {
            yield return Finding.Fault(
                Area,
                directory,
                $"Other users of this machine can access {open.Count} of its files and folders, such as {open[0]}.",
                $"Run: {PrivateFiles.CommandFor(directory)}. If that changes nothing, mount its file system for this user only."
            );
        }
        var free = new DriveInfo(directory).AvailableFreeSpace;
        var space = $"{(double)free / Gigabyte:0.0} GB are free";
        yield return free < TooLittle
            ? Finding.Fault(Area, directory, $"Only {space}.", "Free space: runs stop when the store cannot grow.")
        : free < Scarce ? Finding.Warning(Area, directory, $"Only {space}.", "Free space before a large source is loaded.")
        : Finding.Ok(Area, directory, $"Writable; {space}.");
    }

    private static string? WriteFault(string directory)
    {
        var probe = Path.Combine(directory, $"check-{Guid.NewGuid():N}");
        try
        {
            File.WriteAllBytes(probe, new byte[4096]);
            File.Delete(probe);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }
}
