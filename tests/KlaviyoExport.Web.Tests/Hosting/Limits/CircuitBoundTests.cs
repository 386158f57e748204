using System.Security.Claims;
using KlaviyoExport.Web.Hosting.Limits;
using KlaviyoExport.Web.Tests.Components;
using KlaviyoExport.Web.Tests.Security;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace KlaviyoExport.Web.Tests.Hosting.Limits;

public sealed class CircuitBoundTests : IAsyncDisposable
{
    private readonly UiContext _ui = new();
    private readonly OpenCircuits _open = new();

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    private NavigationManager Location => _ui.Services.GetRequiredService<NavigationManager>();

    public ValueTask DisposeAsync() => _ui.DisposeAsync();

    [Fact]
    public async Task A_page_above_the_bound_ends_and_leads_to_the_explanation()
    {
        await OpenAsync("ana");
        await OpenAsync("ana");
        Location.NavigateTo("exports?sort=Name");

        await Assert.ThrowsAsync<CircuitRefusedException>(() => OpenAsync("ana"));

        Assert.EndsWith("/too-many-pages?returnUrl=%2Fexports%3Fsort%3DName", Location.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pages_of_another_person_do_not_count()
    {
        await OpenAsync("ana");
        await OpenAsync("ana");
        await OpenAsync("boris");

        Assert.DoesNotContain("too-many-pages", Location.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_page_makes_room_and_a_refused_page_does_not()
    {
        var first = await OpenAsync("ana");
        await OpenAsync("ana");
        var refused = Handler("ana");
        await Assert.ThrowsAsync<CircuitRefusedException>(() => refused.OnCircuitOpenedAsync(null!, Cancel));
        await refused.OnCircuitClosedAsync(null!, Cancel);
        await Assert.ThrowsAsync<CircuitRefusedException>(() => OpenAsync("ana"));

        await first.OnCircuitClosedAsync(null!, Cancel);

        await OpenAsync("ana");
        await Assert.ThrowsAsync<CircuitRefusedException>(() => OpenAsync("ana"));
    }

    private CircuitBound Handler(string person) =>
        new(
            new OpenPage(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, person)], "test"))),
            Location,
            _open,
            Options.Create(new CircuitBoundOptions { PerPerson = 2 }),
            NullLogger<CircuitBound>.Instance
        );

    private async Task<CircuitBound> OpenAsync(string person)
    {
        var handler = Handler(person);
        await handler.OnCircuitOpenedAsync(null!, Cancel);
        return handler;
    }
}
