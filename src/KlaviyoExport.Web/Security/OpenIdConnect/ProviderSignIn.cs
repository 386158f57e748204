using System.Globalization;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace KlaviyoExport.Web.Security.OpenIdConnect;

/// <summary>What becomes of a return from the provider: a session, an export user, or a message on the page the person came from.</summary>
internal sealed class ProviderSignIn(
    ProviderAccounts accounts, SignInManager<AppUser> signIn, CurrentActor current, FreshSignIns fresh, CarriedNotices notices, ILogger<ProviderSignIn> logger)
{
    public const string SignInPage = "/sign-in";
    private const string PlaceId = "place";
    private const string PlaceIsDraft = "draft";
    private const string Person = "person";

    /// <summary>For an ordinary sign-in.</summary>
    public static AuthenticationProperties ToSignIn(string? returnUrl) => new() { RedirectUri = LocalUrl.Or(returnUrl, "/") };

    /// <summary>For a sign-in anew, by which the actor becomes the export user of the place.</summary>
    public static AuthenticationProperties ToBecomeExportUser(string actorId, ExportUserPlace place) => new()
    {
        RedirectUri = place.Back,
        Items =
        {
            [PlaceId] = place.Id.ToString(CultureInfo.InvariantCulture), [PlaceIsDraft] = place.IsDraft.ToString(), [Person] = actorId, [OpenIdConnectHandler.Anew] = "",
        },
    };

    public static ExportUserPlace? PlaceOf(AuthenticationProperties? properties) =>
        properties is not null && properties.Items.TryGetValue(PlaceId, out var id) && properties.Items.TryGetValue(PlaceIsDraft, out var draft)
            ? new ExportUserPlace(int.Parse(id!, CultureInfo.InvariantCulture), bool.Parse(draft!))
            : null;

    public async Task CompleteAsync(TicketReceivedContext context)
    {
        context.HandleResponse();
        var place = PlaceOf(context.Properties);
        try
        {
            var person = ProvenPerson.From(context.Principal!);
            if (place is null)
                await BeginSessionAsync(person);
            else
                await BecomeExportUserAsync(context, place, person);
            context.Response.Redirect(context.ReturnUri ?? "/");
        }
        catch (NoticeException exception)
        {
            context.Response.Redirect(notices.Carry(place?.Page ?? SignInPage, exception.Notice));
        }
    }

    public Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        var notice = (context.Failure as ProviderException)?.Notice
            ?? new Notice(context.Request.Query["error"] == "access_denied" ? "People.ProviderDenied" : "People.ProviderFailed");
        if (context.Failure is { } failure)
            Log.ProviderFailed(logger, failure);
        context.Response.Redirect(notices.Carry(PlaceOf(context.Properties)?.Page ?? SignInPage, notice));
        return Task.CompletedTask;
    }

    private async Task BeginSessionAsync(ProvenPerson person)
    {
        var user = await accounts.FindOrLinkAsync(person);
        await signIn.SignInAsync(user, isPersistent: false);
    }

    private async Task BecomeExportUserAsync(TicketReceivedContext context, ExportUserPlace place, ProvenPerson person)
    {
        var session = await context.HttpContext.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        var actor = await current.OfAsync(session.Principal ?? new(), context.HttpContext.RequestAborted);
        if (context.Properties!.Items[Person] != actor.Id || !await accounts.IsAsync(actor.Id, person))
            throw new NoticeException(new Notice("People.AnotherPerson"));
        await fresh.ByProviderAsync(actor, place, person.SignedInAt, context.HttpContext.RequestAborted);
    }
}
