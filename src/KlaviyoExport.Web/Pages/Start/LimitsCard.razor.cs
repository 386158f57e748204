using System.Globalization;
using KlaviyoExport.Data;
using KlaviyoExport.Overview;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Start;

/// <summary>
/// Shows the use of Klaviyo's rate limits. It falls without any change in the store, so while there is any, the card reads it again by
/// itself.
/// </summary>
public sealed partial class LimitsCard(ConnectionUseQueries queries, IHostApplicationLifetime application, TimeProvider clock)
{
    /// <summary>The time between two readings.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>The maximum number of connections.</summary>
    internal const int Most = 10;

    private IReadOnlyList<ConnectionUse> _uses = [];
    private bool _isFollowing;

    /// <summary>The use when the page was last read.</summary>
    [Parameter, EditorRequired]
    public required IReadOnlyList<ConnectionUse> Uses { get; set; }

    private bool IsUsed => _uses.Any(use => use.Limits.Count > 0);

    /// <summary>Does not read the store: the page has read it just now.</summary>
    protected override Task OnParametersSetAsync()
    {
        _uses = Uses;
        return Task.CompletedTask;
    }

    // Does not start during prerendering: it would outlive the request.
    protected override void OnAfterRender(bool firstRender)
    {
        if (!RendererInfo.IsInteractive || _isFollowing || !IsUsed)
            return;
        _isFollowing = true;
        _ = FollowAsync();
    }

    private async Task FollowAsync()
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Leaving, application.ApplicationStopping);
        try
        {
            while (IsUsed)
            {
                await Task.Delay(Pause, clock, end.Token);
                await InvokeAsync(() => ReadAgainAsync(ReadAsync));
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The reader has left the page, or the application stops.
        }
        catch (Exception fault) when (StoreFaults.IsTransient(fault))
        {
            // The page says that it is not up to date, and starts this again when the store answers.
        }
        finally
        {
            _isFollowing = false;
        }
    }

    private async Task ReadAsync() => _uses = await queries.ListAsync(await ActorAsync(), Most, Leaving);

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);
}
