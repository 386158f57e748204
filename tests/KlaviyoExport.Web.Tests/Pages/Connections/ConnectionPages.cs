using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using KlaviyoExport.Sandbox;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Faults;
using KlaviyoExport.Web.Security;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Connections;

/// <summary>The connection pages for the administrator Ana, with a sandbox and without an OAuth app.</summary>
public abstract class ConnectionPages : IAsyncLifetime
{
    protected static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    internal SandboxServer Klaviyo { get; private set; } = default!;

    internal PageContext Context { get; private set; } = default!;

    protected Actor Ana { get; private set; } = default!;

    /// <summary>Further settings of the installation.</summary>
    protected virtual Dictionary<string, string?> Settings => [];

    protected ConnectionDrafts Drafts => Context.Ui.Services.GetRequiredService<ConnectionDrafts>();

    protected ConnectionService Connections => Context.Ui.Services.GetRequiredService<ConnectionService>();

    protected string Address => Context.Ui.Services.GetRequiredService<NavigationManager>().Uri;

    public async ValueTask InitializeAsync()
    {
        Klaviyo = await SandboxServer.StartAsync(new SandboxOptions { Url = "http://127.0.0.1:0" }, Cancel);
        Klaviyo.Faults.Add(new(FaultKind.LimitsOff));
        Context = await PageContext.CreateAsync(Role.Administrator, Klaviyo, Settings);
        Context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        Ana = await Context.Ui.Services.GetRequiredService<CurrentActor>().GetAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Context.DisposeAsync();
        await Klaviyo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task BecomeExportUserAsync(int draft) =>
        Drafts.AddExportUserAsync(Ana, draft, new FreshSignIn(Ana.Id, TimeProvider.System.GetUtcNow()), Cancel);

    protected async Task<int> AddConnectionAsync(string name)
    {
        var draft = await Drafts.StartAsync(Ana, Cancel);
        await Drafts.SetNameAsync(Ana, draft, name, Cancel);
        await Drafts.SetKeyAsync(Ana, draft, PracticeStore.FullKey, Cancel);
        await Drafts.AgreeAsync(Ana, draft, agreed: true, Cancel);
        await Drafts.ConnectAsync(Ana, draft, Cancel);
        await Drafts.ConfirmAccountAsync(Ana, draft, Cancel);
        await BecomeExportUserAsync(draft);
        return await Drafts.SaveAsync(Ana, draft, Cancel);
    }

    /// <summary>Finds a button by its text.</summary>
    protected static IElement Button<T>(IRenderedComponent<T> page, string text)
        where T : IComponent => page.FindAll("button").Single(button => button.TextContent.Trim() == text);
}
