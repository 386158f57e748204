using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace KlaviyoExport.Web.Api;

/// <summary>
/// Responds to requests that no endpoint takes. The endpoint for these takes every address, so that the router does not itself see that
/// another one has the address, but with another method or another kind of content.
/// </summary>
internal static class UnmatchedRequest
{
    public static ProblemHttpResult Answer(HttpContext context, EndpointDataSource endpoints, ParameterPolicyFactory policies)
    {
        var here = endpoints
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => IsOfApi(endpoint) && IsAt(context, endpoint.RoutePattern, policies))
            .Select(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [])
            .ToList();
        if (here.Count == 0)
            return ApiProblem.NotFound();
        var methods = here.SelectMany(methods => methods).Distinct().Order(StringComparer.Ordinal).ToList();
        if (methods.Contains(context.Request.Method))
            return ApiProblem.WrongContent();
        context.Response.Headers.Allow = string.Join(", ", methods);
        return ApiProblem.WrongMethod(methods);
    }

    // Not the endpoint for these requests, and not that of pages that do not exist: both take every address.
    private static bool IsOfApi(RouteEndpoint endpoint) =>
        endpoint.RoutePattern.RawText?.StartsWith(ApiRegistration.Base, StringComparison.Ordinal) == true
        && !endpoint.RoutePattern.Parameters.Any(parameter => parameter.IsCatchAll);

    private static bool IsAt(HttpContext context, RoutePattern pattern, ParameterPolicyFactory policies)
    {
        var values = new RouteValueDictionary();
        return new TemplateMatcher(new RouteTemplate(pattern), []).TryMatch(context.Request.Path, values)
            && pattern.ParameterPolicies.All(named =>
                named.Value.All(policy =>
                    policies.Create(pattern.GetParameter(named.Key), policy) is not IRouteConstraint constraint
                    || constraint.Match(context, route: null, named.Key, values, RouteDirection.IncomingRequest)
                )
            );
    }
}
