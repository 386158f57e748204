using System.Globalization;
using KlaviyoExport.Overview;
using KlaviyoExport.Scheduling;
using Microsoft.AspNetCore.WebUtilities;

namespace KlaviyoExport.Web.Pages.System;

/// <summary>The filter of the status page. It is kept in the address, so that a view can be shared.</summary>
/// <param name="Kind">The kind of task. Null for all kinds.</param>
/// <param name="Status">The name of a status, or <see cref="Attention"/> or <see cref="Missed"/>. Null for all.</param>
/// <param name="Text">A part of the name of the task. Null for all names.</param>
internal sealed record StatusFilter(RefreshTaskKind? Kind, string? Status, string? Text)
{
    public const string Attention = "attention";
    public const string Missed = "missed";

    public static StatusFilter Of(string? kind, string? status, string? text) =>
        new(
            Enum.TryParse<RefreshTaskKind>(kind, ignoreCase: true, out var known) && Enum.IsDefined(known) ? known : null,
            status is Attention or Missed ? status
                : Enum.TryParse<StatusText>(status, ignoreCase: true, out var word) && Enum.IsDefined(word) ? word.ToString()
                : null,
            string.IsNullOrWhiteSpace(text) ? null : text.Trim()
        );

    public bool Shows(TaskRow row) =>
        (Kind is null || row.Task.Kind == Kind)
        && (
            Text is null
            || CultureInfo.CurrentCulture.CompareInfo.IndexOf(
                row.Task.Name,
                Text,
                CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace
            ) >= 0
        )
        && Status switch
        {
            null => true,
            Attention => row.NeedsAttention,
            Missed => row.Task.MissedAt is not null,
            _ => row.Task.Status.ToString() == Status,
        };

    public string ToAddress(int page = 1) =>
        QueryHelpers.AddQueryString(
            "system/status",
            new Dictionary<string, string?>
            {
                ["kind"] = Kind?.ToString().ToLowerInvariant(),
                ["status"] = Status,
                ["text"] = Text,
                ["page"] = page > 1 ? page.ToString(CultureInfo.InvariantCulture) : null,
            }
                .Where(pair => pair.Value is not null)
                .ToDictionary()
        );
}
