using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Account;

/// <summary>A card of the page of the person's security, with static forms of its own.</summary>
public abstract class FormCard : ComponentBase
{
    [Inject]
    private protected SignInMethods Methods { get; set; } = default!;

    [Inject]
    private NavigationManager Location { get; set; } = default!;

    /// <summary>Why the last deed was refused. Null when it was not.</summary>
    protected string? Problem { get; private set; }

    /// <summary>Does something and shows the page again, or says why it was refused.</summary>
    /// <param name="done">The text that the page shows then: the entry "Done.{done}". Null to stay in this response.</param>
    private protected async Task DoAsync(Func<Task> deed, string? done)
    {
        try
        {
            await deed();
        }
        catch (LocalizedException exception)
        {
            Problem = exception.LocalizedMessage.ForReader();
            return;
        }
        if (done is not null)
            Location.NavigateTo($"account/security?done={done}");
    }
}
