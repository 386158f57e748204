using System.Globalization;
using KlaviyoExport.People;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

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
    private int? Page { get; set; }

    private bool IsFiltered => !string.IsNullOrEmpty(Who) || !string.IsNullOrEmpty(Action) || !string.IsNullOrWhiteSpace(Text);

    /// <summary>The page number, starting at 1.</summary>
    private int Number => Math.Clamp(Page ?? 1, 1, (int.MaxValue / PageSize) - 1);

    private int Skip => (Number - 1) * PageSize;

    protected override async Task OnInitializedAsync()
    {
        var actor = await Current.GetAsync();
        _choices = await Trail.ChoicesAsync(actor, Context!.RequestAborted);
        _page = await Trail.ListAsync(
            actor,
            new AuditFilter(Given(Who), Given(Action), Given(Text)),
            Skip,
            PageSize,
            Context!.RequestAborted
        );
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static string Count(int count) => count.ToString("N0", CultureInfo.CurrentCulture);

    /// <summary>Returns the text for an action. An action of another version of the application is shown by its name.</summary>
    private string Words(string action) => T[$"Action.{action}"] is { ResourceNotFound: false } words ? words : action;

    private static string DetailOf(AuditEntry entry) => entry.Detail?.In(CultureInfo.CurrentUICulture) ?? "–";

    private string AddressOf(int page) =>
        QueryHelpers.AddQueryString(
            "system/audit",
            new Dictionary<string, string?>
            {
                ["who"] = Given(Who),
                ["action"] = Given(Action),
                ["text"] = Given(Text),
                ["page"] = page > 1 ? page.ToString(CultureInfo.InvariantCulture) : null,
            }
                .Where(pair => pair.Value is not null)
                .ToDictionary()
        );
}
