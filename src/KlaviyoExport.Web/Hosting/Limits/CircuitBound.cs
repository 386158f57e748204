using System.Security.Claims;
using KlaviyoExport.Web.Pages.Start;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Hosting.Limits;

/// <summary>
/// Bounds the circuits of a person. A page above the bound gets no circuit: it leads to <see cref="TooManyPages"/>, which needs none. The
/// person's other pages are not affected.
/// </summary>
internal sealed class CircuitBound(
    AuthenticationStateProvider states,
    NavigationManager location,
    OpenCircuits open,
    IOptions<CircuitBoundOptions> options,
    ILogger<CircuitBound> logger
) : CircuitHandler
{
    private string? _person;

    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        // The hub requires a signed-in person.
        var person = (await states.GetAuthenticationStateAsync()).User.FindFirstValue(ClaimTypes.NameIdentifier) ?? "";
        if (open.TryOpen(person, options.Value.PerPerson))
        {
            _person = person;
            return;
        }
        location.NavigateTo(TooManyPages.AddressFor(location), forceLoad: true);
        Log.TooManyPages(logger, options.Value.PerPerson);
        // The browser has been told before where to go.
        throw new CircuitRefusedException();
    }

    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        if (_person is not null)
            open.Close(_person);
        _person = null;
        return Task.CompletedTask;
    }
}
