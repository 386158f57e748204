using System.Globalization;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.People;

/// <summary>The audit log. The filter and the page number are in the address, so that a view can be shared.</summary>
public sealed partial class AuditList
{
    private const int PageSize = 50;
    private AuditPage _page = new([], 0);
    private AuditChoices _choices = new([], []);

    [CascadingParameter]
    private HttpContext? Context { get; set; }

    [SupplyParameterFromQuery]
    private string? Who { get; set; }

    [SupplyParameterFromQuery]
    private string? Action { get; set; }

    [SupplyParameterFromQuery]
    private string? Text { get; set; }

    [SupplyParameterFromQuery]
    private string? Item { get; set; }

    [SupplyParameterFromQuery]
    private string? Since { get; set; }

    [SupplyParameterFromQuery]
    private string? Until { get; set; }

    [SupplyParameterFromQuery]
    private string? Zone { get; set; }

    [SupplyParameterFromQuery]
    private int? Page { get; set; }

    private AuditQuery Query =>
        new()
        {
            Who = Who,
            Action = Action,
            Item = Item,
            Text = Text,
            Since = Since,
            Until = Until,
            Zone = Zone,
        };

    /// <summary>The page number, starting at 1.</summary>
    private int Number => Math.Clamp(Page ?? 1, 1, (int.MaxValue / PageSize) - 1);

    private int Skip => (Number - 1) * PageSize;

    protected override async Task OnInitializedAsync()
    {
        var actor = await Current.GetAsync();
        _choices = await Trail.ChoicesAsync(actor, Context!.RequestAborted);
        _page = await Trail.ListAsync(actor, Query.ToFilter(), Skip, PageSize, Context!.RequestAborted);
    }

    private static string Count(int count) => count.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>Returns the text for an action. An action of another version of the application is shown by its name.</summary>
    private string Words(string action) => T[$"Action.{action}"] is { ResourceNotFound: false } words ? words : action;

    /// <summary>The name of a person, or the reader's word for an actor who is none.</summary>
    private string NameOf(string id, string name) => T[$"Actor.{id}"] is { ResourceNotFound: false } word ? word : name;

    private static string DetailOf(AuditEntry entry) => entry.Detail?.ForReader() ?? "–";

    private string AddressOf(int page) => Query.AddressOf("system/audit", page);
}
