namespace KlaviyoExport.Data;

internal static class DataDirectory
{
    /// <summary>Makes the folder, readable by its owner alone (0700); takes the others' rights away from one that is there.</summary>
    /// <exception cref="StoreFaultException">It cannot be made, or belongs to somebody else.</exception>
    public static void Create(string path)
    {
        try
        {
            CreatePrivate(path);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new StoreFaultException(
                $"DataDirectory ({path}) cannot be made, or is not this user's own. {fault.Message} Give the folder to the user who runs "
                    + "Klaviyo Export, or set DataDirectory to another.",
                fault
            );
        }
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(path, owner);
        File.SetUnixFileMode(path, owner);
    }
}
