using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>A page somebody opened and left open: its state is as of then.</summary>
internal sealed class OpenPage(ClaimsPrincipal person) : AuthenticationStateProvider
{
    public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(person));
}
