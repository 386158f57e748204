namespace KlaviyoExport.Web.Components.Ui;

/// <summary>What a <see cref="Skeleton"/> stands for. Each has the height of the real thing.</summary>
public enum SkeletonShape
{
    /// <summary>A line of text.</summary>
    Line,

    /// <summary>A value within a line.</summary>
    Value,

    /// <summary>A row of a table or of a list.</summary>
    Row,
}
