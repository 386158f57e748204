using System.Globalization;
using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.People.SignIns;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Security.Providers;

/// <summary>
/// Sends the browser to an identity provider and handles its return. The return starts a session, sets an export user, or shows a message
/// on the page that the person came from.
/// </summary>
internal sealed class ProviderSignIn(
    ProviderAccounts accounts,
    SessionSignIn signIn,
    SignInProviders providers,
    CurrentActor current,
    FreshSignIns fresh,
    CarriedMessages notices,
    IOptions<RoleMapping> roles,
    ILogger<ProviderSignIn> logger
)
{
    private const string SignInPage = "sign-in";
    private const string PlaceId = "place";
    private const string PlaceIsDraft = "draft";
    private const string Person = "person";

    /// <summary>Returns the properties of an ordinary sign-in.</summary>
    public static AuthenticationProperties ToSignIn(PathString pathBase, string? returnUrl) =>
        new() { RedirectUri = LocalUrl.Or(pathBase, returnUrl, "") };

    /// <summary>
    /// Returns the properties of a sign-in by which the actor becomes the export user of the place. The person must authenticate at the
    /// provider even if they have a session there.
    /// </summary>
    public static AuthenticationProperties ToBecomeExportUser(PathString pathBase, string actorId, ExportUserPlace place) =>
        new OpenIdConnectChallengeProperties
        {
            Prompt = "login",
            MaxAge = TimeSpan.Zero,
            RedirectUri = LocalUrl.Of(pathBase, place.Back),
            Items =
            {
                [PlaceId] = place.Id.ToString(CultureInfo.InvariantCulture),
                [PlaceIsDraft] = place.IsDraft.ToString(),
                [Person] = actorId,
            },
        };

    /// <summary>
    /// Sends the browser to the provider. When the provider cannot be reached, sends the browser back with a message.
    /// </summary>
    public async Task BeginAsync(HttpContext context, SignInProvider provider, AuthenticationProperties properties)
    {
        try
        {
            await context.ChallengeAsync(provider.Scheme, properties);
        }
        catch (Exception exception) when (ProviderFaults.IsUnreachable(exception) && !context.RequestAborted.IsCancellationRequested)
        {
            Turn(context.Response, properties, ProviderFaults.Of(exception, error: null), exception);
        }
    }

    /// <summary>Handles a successful return from the provider.</summary>
    public async Task CompleteAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        try
        {
            var provider = providers.Find(context.Scheme.Name)!;
            var person = AuthenticatedPerson.From(context.Principal!, roles.Value);
            if (PlaceOf(context.Properties) is { } place)
                await BecomeExportUserAsync(context, place, person);
            else
                await BeginSessionAsync(context, provider, person);
            context.Response.Redirect(context.ReturnUri ?? LocalUrl.Of(context.Request.PathBase, ""));
        }
        catch (NoRoleException exception)
        {
            if (context.Principal!.HasClaim(claim => claim.Type is "_claim_names" or "hasgroups"))
                Log.GroupsLeftOut(logger);
            context.Response.Redirect(notices.Carry(LocalUrl.Of(context.Request.PathBase, "no-role"), exception.LocalizedMessage));
        }
        catch (LocalizedException exception)
        {
            Turn(context.Response, context.Properties, exception.LocalizedMessage, null);
        }
    }

    /// <summary>Handles a failed return from the provider: logs the failure and shows a message.</summary>
    public Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        Turn(context.Response, context.Properties, ProviderFaults.Of(context.Failure, context.Request.Query["error"]), context.Failure);
        return Task.CompletedTask;
    }

    private static ExportUserPlace? PlaceOf(AuthenticationProperties? properties) =>
        properties is not null
        && properties.Items.TryGetValue(PlaceId, out var id)
        && properties.Items.TryGetValue(PlaceIsDraft, out var draft)
            ? new ExportUserPlace(int.Parse(id!, CultureInfo.InvariantCulture), bool.Parse(draft!))
            : null;

    private void Turn(HttpResponse response, AuthenticationProperties? properties, LocalizedMessage message, Exception? failure)
    {
        if (failure is not null)
            Log.ProviderFailed(logger, failure);
        response.Redirect(
            notices.Carry(LocalUrl.Of(response.HttpContext.Request.PathBase, PlaceOf(properties)?.Page ?? SignInPage), message)
        );
    }

    private async Task BeginSessionAsync(TicketReceivedContext context, SignInProvider provider, AuthenticatedPerson person)
    {
        var user = await accounts.FindOrLinkAsync(person, provider, context.HttpContext.RequestAborted);
        await signIn.BeginAsync(user, SignInWay.Provider, ProviderSession.Of(provider, context.Properties!));
    }

    private async Task BecomeExportUserAsync(TicketReceivedContext context, ExportUserPlace place, AuthenticatedPerson person)
    {
        var session = await context.HttpContext.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        var actor = await current.OfAsync(session.Principal ?? new(), context.HttpContext.RequestAborted);
        if (context.Properties!.Items[Person] != actor.Id || !await accounts.IsAsync(actor.Id, person))
            throw new LocalizedException(new LocalizedMessage("People.AnotherPerson"));
        if (roles.Value.IsConfigured && roles.Value.Of(person.Groups)?.IsAdministrator() != true)
            throw new NotAllowedException();
        await fresh.ByProviderAsync(actor, place, person.SignedInAt, context.HttpContext.RequestAborted);
    }
}
