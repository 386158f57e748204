using System.Globalization;
using KlaviyoExport.Exports;
using KlaviyoExport.Segments;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Exports;

public sealed partial class SegmentChoices(SegmentUnion union, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    private CancellationTokenSource? _count;
    private string? _uncounted;
    private string? _counted;
    private bool _counting;

    [Parameter, EditorRequired]
    public required ExportForm Form { get; set; }

    [Parameter, EditorRequired]
    public required IReadOnlyList<SegmentLine> Segments { get; set; }

    /// <summary>The maximum number of profiles that an export may send.</summary>
    [Parameter, EditorRequired]
    public required int Cap { get; set; }

    /// <summary>The name of the connection whose limit it is. Null for the limit of the installation.</summary>
    [Parameter]
    public string? CapOf { get; set; }

    /// <summary>The error message for the segments from the last attempt to save.</summary>
    [Parameter]
    public string? Error { get; set; }

    [Parameter]
    public EventCallback OnChanged { get; set; }

    private List<SegmentLine> Offered => [.. Segments.Where(segment => segment.SourceId == Form.SourceId)];

    /// <summary>Does not read the signed-in person from the store, because the parameters change at every key press in the form.</summary>
    protected override Task OnParametersSetAsync() => TryAsync(LoadAsync);

    protected override Task LoadAsync()
    {
        // The selection also changes when the form takes over the changes of another person.
        var chosen = Form.PrintSegments();
        if (RendererInfo.IsInteractive && chosen != _counted)
        {
            _counted = chosen;
            Count();
        }
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        _count?.Cancel();
        _count?.Dispose();
        base.Dispose(disposing);
    }

    private static string Number(long count) => count.ToString("N0", CultureInfo.CurrentCulture);

    private string SizeOf(SegmentLine segment) => segment.MemberCount is { } members ? T["MembersOf", members] : T["NotCounted"];

    private Task ToggleAsync(int id)
    {
        Form.Toggle(id);
        return OnChanged.InvokeAsync();
    }

    private Task ToggleExcludedAsync(int id)
    {
        Form.ToggleExcluded(id);
        return OnChanged.InvokeAsync();
    }

    /// <summary>Counts the members of the selected segments after a pause. A later call cancels an earlier one.</summary>
    private void Count()
    {
        _count?.Cancel();
        _count?.Dispose();
        (_count, _uncounted, _counting, Form.Members) = (null, null, false, null);
        if (Form.SourceId is not { } source || Form.SegmentIds.Count == 0)
            return;
        _count = CancellationTokenSource.CreateLinkedTokenSource(Leaving);
        _counting = true;
        _ = CountAsync(source, [.. Form.SegmentIds], [.. Form.ExcludedSegmentIds], _count.Token);
    }

    private async Task CountAsync(int source, IReadOnlyList<int> segments, IReadOnlyList<int> excluded, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Pause, clock, cancellationToken);
            var members = await union.CountAsync(await CountedActorAsync(), source, segments, excluded, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            (Form.Members, _counting) = (members, false);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (LocalizedException exception)
        {
            // The form can still be saved. Saving counts again and reports an error if there is one.
            (_uncounted, _counting) = (exception.LocalizedMessage.ForReader(), false);
        }
        catch (Exception exception)
        {
            _counting = false;
            await TryAsync(() => Task.FromException(exception));
            _uncounted = Problem?.Text;
        }
        await InvokeAsync(OnChanged.InvokeAsync);
        await InvokeAsync(StateHasChanged);
    }
}
