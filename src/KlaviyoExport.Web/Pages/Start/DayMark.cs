using KlaviyoExport.Overview;

namespace KlaviyoExport.Web.Pages.Start;

/// <summary>What the mark of a day says. Each has its own shape, so that it can be told without its color.</summary>
public enum DayMark
{
    /// <summary>No run ended.</summary>
    None,

    /// <summary>Runs ended, but delivered nobody: nobody had changed, say, or a person canceled them.</summary>
    Nothing,

    /// <summary>The runs delivered.</summary>
    Delivered,

    /// <summary>A run completed with warnings, and none failed.</summary>
    Warning,

    /// <summary>A run failed permanently.</summary>
    Failed,
}

/// <summary>Tells the marks of days.</summary>
internal static class DayMarks
{
    public static DayMark Of(ExportDay day) =>
        day.Failed > 0 ? DayMark.Failed
        : day.Warnings > 0 ? DayMark.Warning
        : day.Delivered > 0 ? DayMark.Delivered
        : day.Runs > 0 ? DayMark.Nothing
        : DayMark.None;
}
