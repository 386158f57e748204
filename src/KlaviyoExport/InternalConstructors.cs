using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport;

/// <summary>Registers public services that have an internal constructor.</summary>
internal static class InternalConstructors
{
    /// <summary>
    /// Adds a public service as a singleton. The container calls its only non-public constructor, which may take internal types.
    /// </summary>
    /// <exception cref="InvalidOperationException">The type does not have exactly one non-public constructor.</exception>
    public static IServiceCollection AddSingletonBuilt<T>(this IServiceCollection services)
        where T : class
    {
        var constructor = typeof(T).GetConstructors(BindingFlags.Instance | BindingFlags.NonPublic).Single();
        var parameters = Array.ConvertAll(constructor.GetParameters(), parameter => parameter.ParameterType);
        return services.AddSingleton(provider =>
            (T)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, Array.ConvertAll(parameters, provider.GetRequiredService), null)
        );
    }
}
