using KlaviyoExport.Exports;
using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>Formats the audience of an export in the reader's language.</summary>
internal static class AudienceText
{
    /// <summary>Returns the names of the chosen options, or "Every member".</summary>
    public static string Of(Audience audience, IStringLocalizer<Texts> texts)
    {
        List<string> chosen = [];
        if (audience.UpdateOnly)
            chosen.Add(texts["Audience.UpdateOnly"]);
        if (audience.OnlySubscribed)
            chosen.Add(texts["Audience.OnlySubscribed"]);
        if (audience.LeaveOutSuppressed)
            chosen.Add(texts["Audience.LeaveOutSuppressed"]);
        return chosen.Count == 0 ? texts["Audience.Everyone"] : string.Join(", ", chosen);
    }
}
