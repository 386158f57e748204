using System.Globalization;
using Microsoft.AspNetCore.Http.Metadata;

namespace KlaviyoExport.Web.Api;

/// <summary>
/// Says which parameter of a query cannot be read, and what it may be. The generated code that binds optional parameters only sets the
/// status 400.
/// </summary>
internal static class WrongParameters
{
    public static RouteGroupBuilder NameWrongParameters(this RouteGroupBuilder group) =>
        group.AddEndpointFilter(
            (call, next) =>
                call.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest
                    ? throw new BadHttpRequestException(Describe(call.HttpContext))
                    : next(call)
        );

    private static string Describe(HttpContext context) =>
        string.Join(
            ' ',
            from parameter in context.GetEndpoint()!.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            where parameter.HasTryParse
            let type = Nullable.GetUnderlyingType(parameter.ParameterInfo.ParameterType) ?? parameter.ParameterInfo.ParameterType
            // A parameter that is given twice is read as one value, with a comma.
            let value = context.Request.Query[parameter.Name].ToString()
            where value.Length > 0 && !IsReadable(type, value)
            select $"{parameter.Name} must be {Expected(type)}, not \"{value}\"."
        );

    // As the generated code reads it. Lists have no such method: the generated code names them itself.
    private static bool IsReadable(Type type, string value) =>
        type.GetMethod("TryParse", [typeof(string), typeof(IFormatProvider), type.MakeByRefType()]) is { } ofCulture
            ? (bool)ofCulture.Invoke(null, [value, CultureInfo.InvariantCulture, null])!
            : type.GetMethod("TryParse", [typeof(string), type.MakeByRefType()])?.Invoke(null, [value, null]) is not false;

    private static string Expected(Type type) =>
        type == typeof(int) ? "a whole number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(DateTimeOffset) ? "a time, such as 2026-11-29T12:00:00Z"
        : $"one of {string.Join(", ", (IEnumerable<string>)type.GetProperty(nameof(Choice<DayOfWeek>.Names))!.GetValue(null)!)}";
}
