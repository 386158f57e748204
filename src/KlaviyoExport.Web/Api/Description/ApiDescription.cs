using System.Text.Json;
using System.Text.Json.Nodes;
using KlaviyoExport.Web.Api.Access;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.OpenApi;

namespace KlaviyoExport.Web.Api.Description;

/// <summary>What the OpenAPI document says beside what ASP.NET Core finds in the endpoints.</summary>
internal static class ApiDescription
{
    private const string Scheme = "token";

    public static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Klaviyo Export",
            Version = "v1",
            Description =
                "Runs exports of customer segments to Klaviyo lists, and manages them. Every request needs an API token, which a person "
                + "creates under Account > API tokens, or an administrator for a service account. Errors are problems of RFC 9457 whose "
                + "member `code` tells their kind. Texts are in the language of the header Accept-Language: en, sr-Cyrl or ca.",
        };
        // The address of the installation is the client's to know.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API token: kex_…",
            },
        };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
    }

    /// <summary>Adds what ASP.NET Core leaves out of the schemas of enumerations: the type, and in a query the values.</summary>
    public static void Describe(OpenApiSchema schema, ParameterDescriptor? parameter)
    {
        var type = (parameter as IParameterInfoParameterDescriptor)?.ParameterInfo.ParameterType;
        type = type?.IsArray == true ? type.GetElementType() : type;
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        if (type is { IsGenericType: true } && type.GetGenericTypeDefinition() == typeof(Choice<>) && schema.Type != JsonSchemaType.Array)
            schema.Enum =
            [
                .. Enum.GetNames(type.GetGenericArguments()[0]).Select(name => (JsonNode)JsonNamingPolicy.CamelCase.ConvertName(name)),
            ];
        if (schema.Enum is { Count: > 0 })
            schema.Type ??= JsonSchemaType.String;
    }

    public static void Describe(OpenApiOperation operation, IList<object> metadata)
    {
        if (metadata.OfType<NeedsScope>().FirstOrDefault() is { } needs)
            operation.Description = $"Needs the scope {needs.Scope}.";
        operation.Parameters ??= [];
        // A list may be empty. The generated code that binds it says that it is required.
        foreach (var list in operation.Parameters.OfType<OpenApiParameter>().Where(one => one.Schema?.Type == JsonSchemaType.Array))
            list.Required = false;
        var methods = metadata.OfType<HttpMethodMetadata>().SelectMany(method => method.HttpMethods).ToHashSet();
        if (methods.Contains(HttpMethods.Post))
            operation.Parameters.Add(
                Header(Idempotency.Header, "Unique per request, at most 255 characters. A request that is sent twice is executed once.")
            );
        if (operation.OperationId is "UpdateExport" or "DeleteExport" or "ScheduleExport")
            operation.Parameters.Add(Header("If-Match", "The ETag of the export, or *. UpdateExport needs it."));
        if (operation.OperationId is "GetExport")
            operation.Parameters.Add(Header("If-None-Match", "The ETag of the export. Responds with 304 when it has not changed."));
        if (operation.Tags?.Any(tag => tag.Name == "Runs") == true && operation.OperationId is not ("ListRuns" or "ListRejections"))
            operation.Parameters.Add(
                Header("Prefer", "wait=N: waits at most N seconds, and at most 60, until the run has ended or needs approval.")
            );
    }

    private static OpenApiParameter Header(string name, string description) =>
        new()
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        };
}
