using System.Globalization;
using KlaviyoExport.Dispatch;
using KlaviyoExport.Overview;
using KlaviyoExport.Runs;
using Microsoft.AspNetCore.Components;

namespace KlaviyoExport.Web.Pages.Runs;

public sealed partial class RejectionsCard(RejectionService rejections, RunService runs, NavigationManager location)
{
    private const int PageSize = 20;
    private RejectionPage _page = new([], 0);
    private RejectionReason? _reason;
    private string? _typed;
    private string? _search;
    private int _number = 1;
    private (int Run, int Count) _read;

    [Parameter, EditorRequired]
    public required RunView View { get; set; }

    private int Count => View.Rejections.Sum(reason => reason.Count);

    private bool MayRetry => View.MayRetryRejected && _reason?.IsRetriable() != false;

    protected override Task LoadAsync()
    {
        var wanted = (View.Run.Id, Count);
        if (wanted == _read)
            return Task.CompletedTask;
        if (View.Run.Id != _read.Run)
            (_reason, _typed, _search, _number) = (null, null, null, 1);
        _read = wanted;
        return ShowAsync(_number);
    }

    private Task ChooseAsync(RejectionReason? reason)
    {
        _reason = reason;
        return ShowAsync(1);
    }

    private Task SearchAsync()
    {
        _search = string.IsNullOrWhiteSpace(_typed) ? null : _typed.Trim();
        return ShowAsync(1);
    }

    private async Task ShowAsync(int number)
    {
        _number = Math.Max(1, number);
        var query = new RejectionQuery
        {
            Reason = _reason,
            Search = _search,
            Page = _number,
            PageSize = PageSize,
        };
        _page = await rejections.ListAsync(await ActorAsync(), View.Run.Id, query, Leaving);
    }

    private async Task RetryAsync()
    {
        IReadOnlyList<RejectionReason>? reasons = _reason is { } one ? [one] : null;
        location.NavigateTo($"runs/{await runs.RetryRejectedAsync(await ActorAsync(), View.Run.Id, reasons, Leaving)}");
    }

    private string Pressed(RejectionReason? reason) => reason == _reason ? "true" : "false";

    private static string Number(int count) => count.ToString("N0", CultureInfo.CurrentCulture);
}
