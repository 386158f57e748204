using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.People;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

/// <summary>Exports for a person with a role to view and run.</summary>
internal sealed class ExportPages : IAsyncDisposable
{
    private ExportPages(PageContext context) => Context = context;

    public PageContext Context { get; }

    public static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    public NavigationManager Location => Context.Ui.Services.GetRequiredService<NavigationManager>();

    public string Address => "/" + Location.ToBaseRelativePath(Location.Uri);

    public static async Task<ExportPages> CreateAsync(Role role)
    {
        var context = await PageContext.CreateAsync(role);
        context.Ui.JSInterop.Mode = JSRuntimeMode.Loose;
        return new ExportPages(context);
    }

    /// <summary>Adds exports on one connection, in this order.</summary>
    public async Task<IReadOnlyList<Export>> AddAsync(Sharing sharing, params string[] names)
    {
        await using var db = await Context.OpenAsync();
        var source =
            await db.Set<Source>().FirstOrDefaultAsync(Cancel)
            ?? new Source
            {
                Name = "Customers",
                Location = "/x.csv",
                KeyColumns = ["id"],
                CreatedBy = "Ana",
                LoadedAt = Context.Clock.GetUtcNow(),
                Fields = [new Field("id", FieldType.Text, 1, ["1"]), new Field("contact", FieldType.Text, 1, ["ana@example.com"])],
            };
        var segment =
            await db.Set<Segment>().FirstOrDefaultAsync(Cancel)
            ?? new Segment
            {
                Name = "All",
                Source = source,
                Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [])),
                MemberCount = 3,
                CreatedBy = "Ana",
            };
        var connection = new Connection
        {
            Name = $"Shop of {names[0]}",
            AccountId = "Pract1",
            AccountName = "Practice",
            ApiKey = [],
            ApiKeyEnding = "",
            ConsentBy = "Ana",
            CreatedBy = "Ana",
            Sharing = sharing,
        };
        var exports = names
            .Select(name => new Export
            {
                Name = name,
                Connection = connection,
                ListId = "Y6nRLr",
                ListName = "Newsletter",
                Source = source,
                EmailField = "contact",
                CreatedBy = "Ana",
                Segments = [segment],
            })
            .ToList();
        db.Set<Export>().AddRange(exports);
        await db.SaveChangesAsync(Cancel);
        return exports;
    }

    public async Task ChangeAsync(int id, Action<Export> change)
    {
        await using var db = await Context.OpenAsync();
        change(await db.Set<Export>().SingleAsync(export => export.Id == id, Cancel));
        await db.SaveChangesAsync(Cancel);
    }

    public async Task<int> AddRunAsync(int exportId, RunState state)
    {
        await using var db = await Context.OpenAsync();
        var run = new Run
        {
            ExportId = exportId,
            ActiveExportId = state.IsFinal() ? null : exportId,
            AccountId = "Pract1",
            ListId = "Y6nRLr",
            RequestedBy = "Ana",
            State = state,
            QueuedAt = Context.Clock.GetUtcNow(),
            StartedAt = Context.Clock.GetUtcNow(),
            FinishedAt = state.IsFinal() ? Context.Clock.GetUtcNow() : null,
        };
        db.Set<Run>().Add(run);
        await db.SaveChangesAsync(Cancel);
        return run.Id;
    }

    public async Task<int> CountAsync()
    {
        await using var db = await Context.OpenAsync();
        return await db.Set<Export>().CountAsync(Cancel);
    }

    /// <summary>Opens a page at an address, as a link would.</summary>
    public IRenderedComponent<T> Open<T>(string address, Action<ComponentParameterCollectionBuilder<T>>? set = null)
        where T : IComponent
    {
        Location.NavigateTo(address);
        return Context.Ui.Render(set ?? (_ => { }));
    }

    public ValueTask DisposeAsync() => Context.DisposeAsync();

    /// <summary>Finds a command by its accessible name.</summary>
    public static IElement? Command<T>(IRenderedComponent<T> page, string name)
        where T : IComponent =>
        page.FindAll("button, a, input")
            .SingleOrDefault(element => (element.GetAttribute("aria-label") ?? element.TextContent.Trim()) == name);

    public static void Click<T>(IRenderedComponent<T> page, string name)
        where T : IComponent => Command(page, name)!.Click();
}
