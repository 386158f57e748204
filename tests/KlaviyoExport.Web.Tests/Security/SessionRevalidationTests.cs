using System.Security.Claims;
using KlaviyoExport.Data;
using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>A page that is open asks the store again and again whether its session still exists.</summary>
public sealed class SessionRevalidationTests
{
    private static readonly AuthenticationState SignedIn = new(
        new ClaimsPrincipal(
            new ClaimsIdentity(
                [
                    new(ClaimTypes.NameIdentifier, "ana"),
                    new(new IdentityOptions().ClaimsIdentity.SecurityStampClaimType, "stamp"),
                    SessionClaim.For("session"),
                ],
                "test"
            )
        )
    );

    [Fact]
    public async Task A_store_that_does_not_answer_signs_nobody_out()
    {
        var store = new BrokenStore(() => new SqliteException("database is locked", 5));
        using var page = Page(store);
        var signedOut = false;
        page.AuthenticationStateChanged += _ => signedOut = true;
        page.SetAuthenticationState(Task.FromResult(SignedIn));
        signedOut = false;

        await Patience.UntilAsync(() => store.Asked >= 3);
        Assert.False(signedOut);
        Assert.True((await page.GetAuthenticationStateAsync()).User.Identity!.IsAuthenticated);
    }

    [Fact]
    public async Task Any_other_fault_signs_the_page_out()
    {
        using var page = Page(new BrokenStore(() => new InvalidOperationException("No such table.")));
        page.SetAuthenticationState(Task.FromResult(SignedIn));

        await Patience.UntilAsync(async () => (await page.GetAuthenticationStateAsync()).User.Identity?.IsAuthenticated != true);
    }

    private static SessionRevalidation Page(BrokenStore store) =>
        new(
            NullLoggerFactory.Instance,
            new Sessions(store, new Audit(TimeProvider.System), TimeProvider.System),
            Options.Create(new IdentityOptions()),
            Options.Create(new SecurityStampValidatorOptions { ValidationInterval = TimeSpan.FromMilliseconds(1) })
        );

    private sealed class BrokenStore(Func<Exception> fault) : IDbContextFactory<AppDb>
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public AppDb CreateDbContext()
        {
            Interlocked.Increment(ref _asked);
            throw fault();
        }
    }
}
