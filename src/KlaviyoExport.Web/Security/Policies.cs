using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using Microsoft.AspNetCore.Authorization;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// One policy per permission rule, named after it: <c>@attribute [Authorize(Policy = nameof(ManageSources))]</c>. A policy opens
/// the page to every person who might be allowed. Where a rule depends on the connection, the service checks it again for that connection.
/// </summary>
internal static class Policies
{
    private static readonly Rule[] Rules =
    [
        DefineSegments.Rule,
        EditExports.Rule,
        HandlePersonData.Rule,
        ManageConnections.Rule,
        ManagePeople.Rule,
        ManageSources.Rule,
        ManageSystem.Rule,
        RunExports.Rule,
        SeeRejectedEmails.Rule,
    ];

    public static void Add(AuthorizationOptions options)
    {
        options.FallbackPolicy = options.DefaultPolicy;
        foreach (var rule in Rules)
            options.AddPolicy(rule.GetType().Name, policy => policy.RequireAuthenticatedUser().AddRequirements(new RuleRequirement(rule)));
    }
}

/// <summary>Requires that a permission rule allows the person.</summary>
internal sealed record RuleRequirement(Rule Rule) : IAuthorizationRequirement;

/// <summary>Checks a <see cref="RuleRequirement"/> against the claims of the cookie.</summary>
internal sealed class RuleHandler : AuthorizationHandler<RuleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RuleRequirement requirement)
    {
        if (ActorClaims.Read(context.User) is { } actor && requirement.Rule.Allows(actor, shared: true))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }
}
