using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport;

internal static class InternalConstructors
{
    /// <summary>
    /// Adds a public service that the container builds by its one internal constructor: it takes types that are its room's own.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has not exactly one such constructor.</exception>
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
