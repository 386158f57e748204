using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>A page that was opened earlier and still has the state of that time.</summary>
internal sealed class OpenPage(ClaimsPrincipal person) : AuthenticationStateProvider
{
    public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(person));
}
