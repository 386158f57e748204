namespace KlaviyoExport.Overview.Checks;

/// <summary>How good or bad a finding is.</summary>
public enum FindingLevel
{
    Ok,

    /// <summary>Works, and a person should know it.</summary>
    Warning,

    /// <summary>Something does not work until a person mends it.</summary>
    Fault,
}

/// <summary>One result of a check of the installation. The texts are English: they are for whoever administers the machine.</summary>
/// <param name="Area">What was checked, such as "store" or "connection".</param>
/// <param name="Subject">Which one, such as the name of a connection. Null when there is only one.</param>
/// <param name="Level">How good or bad it is.</param>
/// <param name="Message">What was found.</param>
/// <param name="Cure">What to do. Null when nothing needs to be done.</param>
public sealed record Finding(string Area, string? Subject, FindingLevel Level, string Message, string? Cure)
{
    public static Finding Ok(string area, string? subject, string message) => new(area, subject, FindingLevel.Ok, message, null);

    public static Finding Warning(string area, string? subject, string message, string cure) =>
        new(area, subject, FindingLevel.Warning, message, cure);

    public static Finding Fault(string area, string? subject, string message, string cure) =>
        new(area, subject, FindingLevel.Fault, message, cure);
}
