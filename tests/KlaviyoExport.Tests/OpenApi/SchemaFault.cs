using NJsonSchema.Validation;

namespace KlaviyoExport.Tests.OpenApi;

internal static class SchemaFault
{
    /// <summary>The fault and, for oneOf and similar keywords, the faults of each choice.</summary>
    public static IEnumerable<string> Describe(ValidationError error)
    {
        yield return $"{error.Path}: {error.Kind}";
        if (error is ChildSchemaValidationError children)
            foreach (var child in children.Errors.Values.SelectMany(e => e).SelectMany(Describe))
                yield return $"  {child}";
    }
}
