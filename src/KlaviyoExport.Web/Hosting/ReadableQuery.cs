using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.Extensions;

namespace KlaviyoExport.Web.Hosting;

/// <summary>
/// Leads from an address such as <c>/runs?page=x</c> to the same without the value that the page cannot read as a number or as yes or no.
/// Components would fail at it, also later in the open page, which reads the address of the browser.
/// </summary>
internal static class ReadableQuery
{
    private const BindingFlags Every = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly ConcurrentDictionary<Type, Dictionary<string, Type>> Known = new();

    public static void UseReadableQuery(this WebApplication app) => app.Use(Check);

    /// <summary>Returns the parameters of a page that are not texts: their names in the query, and the type of a value.</summary>
    internal static Dictionary<string, Type> ParametersOf(Type page) =>
        Known.GetOrAdd(
            page,
            static type =>
                type.GetProperties(Every)
                    .Select(property => (property, attribute: property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()))
                    .Where(one => one.attribute is not null)
                    .Select(one => (Name: one.attribute!.Name ?? one.property.Name, Type: ValueOf(one.property.PropertyType)))
                    .Where(one => one.Type != typeof(string))
                    .ToDictionary(one => one.Name, one => one.Type, StringComparer.OrdinalIgnoreCase)
        );

    private static Type ValueOf(Type type) => Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type;

    private static Task Check(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (
            !HttpMethods.IsGet(request.Method)
            || request.Query.Count == 0
            || context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type is not { } page
        )
            return next(context);
        var types = ParametersOf(page);
        var values = request.Query.SelectMany(one => one.Value.Select(value => KeyValuePair.Create(one.Key, value ?? ""))).ToList();
        var readable = values.FindAll(one => one.Value.Length == 0 || !types.TryGetValue(one.Key, out var type) || IsA(type, one.Value));
        if (readable.Count == values.Count)
            return next(context);
        context.Response.Redirect(UriHelper.BuildRelative(request.PathBase, request.Path, new QueryBuilder(readable).ToQueryString()));
        return Task.CompletedTask;
    }

    private static bool IsA(Type type, string value) =>
        type == typeof(int) ? int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
        : type == typeof(bool) ? bool.TryParse(value, out _)
        : throw new NotSupportedException($"Values of {type} in a query are not known.");
}
