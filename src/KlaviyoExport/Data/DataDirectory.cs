namespace KlaviyoExport.Data;

/// <summary>Creates the data directory.</summary>
internal static class DataDirectory
{
    /// <summary>Creates the directory, or takes over an existing one. On Unix, only its owner gets access (mode 0700).</summary>
    /// <exception cref="StoreFaultException">The directory cannot be created, or its access cannot be changed, for example because
    /// another user owns it.</exception>
    public static void Create(string path)
    {
        try
        {
            CreatePrivate(path);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new StoreFaultException(
                $"DataDirectory ({path}) cannot be created, or does not belong to this user. {fault.Message} Change the owner of the "
                    + "folder to the user who runs Klaviyo Export, or set DataDirectory to another.",
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
