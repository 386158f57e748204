using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace KlaviyoExport.Web.Tests;

/// <summary>bUnit was compiled against a newer AngleSharp.Diffing than the feed has; the copy beside the tests serves.</summary>
internal static class TestAssemblies
{
    [ModuleInitializer]
    internal static void Answer() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll"))
            : null;
}
