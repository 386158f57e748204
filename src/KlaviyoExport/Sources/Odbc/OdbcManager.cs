using System.Runtime.InteropServices;

namespace KlaviyoExport.Sources.Odbc;

/// <summary>The drivers and data sources that are installed on this machine.</summary>
/// <param name="HasManager">Whether there is a driver manager: part of Windows, or unixODBC.</param>
public sealed record OdbcInstalled(bool HasManager, IReadOnlyList<string> Drivers, IReadOnlyList<string> DataSources);

/// <summary>Asks the driver manager of the machine, for which the framework has no function.</summary>
internal static class OdbcManager
{
    private const short Environment = 1;
    private const int Version = 200;
    private const short First = 2;
    private const short Next = 1;
    private const short LongestName = 512;

    private delegate short Alloc(short kind, nint input, out nint output);

    private delegate short SetEnvironment(nint environment, int attribute, nint value, int length);

    [UnmanagedFunctionPointer(CallingConvention.Winapi, CharSet = CharSet.Unicode)]
    private delegate short List(
        nint environment,
        short direction,
        [Out] char[] name,
        short longest,
        out short length,
        nint more,
        short longestMore,
        out short lengthOfMore
    );

    private delegate short Free(short kind, nint handle);

    private static string Library =>
        OperatingSystem.IsWindows() ? "odbc32.dll"
        : OperatingSystem.IsMacOS() ? "libodbc.2.dylib"
        : "libodbc.so.2";

    public static OdbcInstalled Read()
    {
        if (!NativeLibrary.TryLoad(Library, typeof(OdbcManager).Assembly, null, out var library))
            return new OdbcInstalled(false, [], []);
        if (Function<Alloc>(library, "SQLAllocHandle")(Environment, 0, out var environment) is not (0 or 1))
            return new OdbcInstalled(false, [], []);
        try
        {
            Function<SetEnvironment>(library, "SQLSetEnvAttr")(environment, Version, 3, 0);
            return new OdbcInstalled(
                true,
                Names(Function<List>(library, "SQLDriversW"), environment),
                Names(Function<List>(library, "SQLDataSourcesW"), environment)
            );
        }
        finally
        {
            Function<Free>(library, "SQLFreeHandle")(Environment, environment);
        }
    }

    private static List<string> Names(List list, nint environment)
    {
        var names = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        var buffer = new char[LongestName];
        var direction = First;
        while (list(environment, direction, buffer, LongestName, out var length, 0, 0, out _) is 0 or 1)
        {
            names.Add(new string(buffer, 0, Math.Clamp(length, (short)0, LongestName)).TrimEnd('\0'));
            direction = Next;
        }
        return [.. names];
    }

    private static T Function<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));
}
