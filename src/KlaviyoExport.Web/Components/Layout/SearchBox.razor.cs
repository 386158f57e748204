using KlaviyoExport.Data;
using KlaviyoExport.Overview;
using KlaviyoExport.People;
using KlaviyoExport.Web.Components.Ui;
using KlaviyoExport.Web.Security;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Components.Layout;

/// <summary>Searches while the person types. The text never leaves the circuit: it may be somebody's name.</summary>
public sealed partial class SearchBox(SearchQueries search, TimeProvider clock) : IDisposable
{
    /// <summary>How long the person must not have typed before the store is searched.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    private readonly CancellationTokenSource _leaving = new();
    private CancellationTokenSource? _asked;
    private IReadOnlyList<SitePage> _pages = [];
    private IReadOnlyList<SearchResult> _results = [];
    private bool _searching;
    private string _text = "";

    [Inject]
    private CurrentActor Current { get; set; } = default!;

    public void Dispose()
    {
        _leaving.Cancel();
        _asked?.Dispose();
        _leaving.Dispose();
    }

    private async Task TypeAsync(ChangeEventArgs typed)
    {
        _asked?.Cancel();
        _asked?.Dispose();
        _asked = CancellationTokenSource.CreateLinkedTokenSource(_leaving.Token);
        var cancellationToken = _asked.Token;
        _text = typed.Value as string ?? "";
        _searching = true;
        try
        {
            await Task.Delay(Pause, clock, cancellationToken);
            var actor = await Current.GetAsync(cancellationToken);
            var results = await search.FindAsync(actor, _text, cancellationToken);
            (_pages, _results, _searching) = (PagesFor(actor), results, false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The person goes on typing, or has left.
        }
        catch (Exception refusal) when (refusal is SessionEndedException or NotAllowedException)
        {
            // The page itself leads to the sign-in, or says what the person may not do.
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            _searching = false;
        }
    }

    private List<SitePage> PagesFor(Actor actor) =>
        string.IsNullOrWhiteSpace(_text)
            ? []
            :
            [
                .. SitePages
                    .Groups.SelectMany(group => group.Pages)
                    .Where(page =>
                        page.Rule?.Allows(actor, shared: true) != false
                        && T[page.Text].Value.Contains(_text.Trim(), StringComparison.CurrentCultureIgnoreCase)
                    ),
            ];

    private static string AddressOf(SearchResult result) =>
        result.Kind switch
        {
            SearchKind.Export => $"exports/{result.Id}",
            SearchKind.Run => $"runs/{result.Id}",
            SearchKind.Segment => $"segments/{result.Id}",
            SearchKind.Source => $"sources/{result.Id}",
            SearchKind.Connection => $"connections/{result.Id}",
            _ => $"system/permissions/{Uri.EscapeDataString(result.Id)}",
        };

    private static IconName GlyphOf(SearchKind kind) =>
        kind switch
        {
            SearchKind.Export => IconName.Upload,
            SearchKind.Run => IconName.PlayCircle,
            SearchKind.Segment => IconName.GroupWork,
            SearchKind.Source => IconName.Database,
            SearchKind.Connection => IconName.Link,
            _ => IconName.Group,
        };
}
